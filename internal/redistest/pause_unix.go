//go:build unix

package redistest

import "syscall"

// Pause stops the process until the function that it returns is called.
func (s *Server) Pause() (resume func()) {
	s.cmd.Process.Signal(syscall.SIGSTOP)
	return func() { s.cmd.Process.Signal(syscall.SIGCONT) }
}

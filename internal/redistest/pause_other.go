//go:build !unix

package redistest

// Pause is for systems that can stop a process and let it go on.
func (s *Server) Pause() (resume func()) { panic("no process can be stopped here") }

//go:build linux || darwin || freebsd || dragonfly || netbsd || openbsd

package resp

import (
	"math"
	"net"
	"os"
	"syscall"
	"time"
)

// longestSocketPath leaves room for the zero behind it.
const longestSocketPath = len(syscall.RawSockaddrUnix{}.Path) - 1

// boundSocket is a Unix socket that has its file and does not listen yet.
type boundSocket struct{ file *os.File }

func bindUnix(path string) (boundSocket, error) {
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return boundSocket{}, os.NewSyscallError("socket", err)
	}
	s := boundSocket{os.NewFile(uintptr(fd), path)}
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}); err != nil {
		s.close()
		return boundSocket{}, os.NewSyscallError("bind", err)
	}
	return s, nil
}

// listen lets clients connect, as many as the system lets wait.
func (s boundSocket) listen() (*net.UnixListener, error) {
	if err := syscall.Listen(int(s.file.Fd()), math.MaxUint16); err != nil {
		return nil, os.NewSyscallError("listen", err)
	}
	ln, err := net.FileListener(s.file)
	if err != nil {
		return nil, err
	}
	return ln.(*net.UnixListener), nil
}

// close ends s; what listen has returned stays.
func (s boundSocket) close() { _ = s.file.Close() } // it is closed on any outcome

// lockPatience is how long to wait for a lock that a server has for a moment. Who
// has it for longer is none, and not to keep one from beginning.
const lockPatience = time.Second

// lockDirectory gets what one process has at a time, until it calls unlock.
// Where it is not to be had, it goes without.
func lockDirectory(path string) (unlock func()) {
	dir, err := os.Open(path)
	if err != nil {
		return func() {} // who must not read it may be allowed to make a socket there
	}
	for began := time.Now(); time.Since(began) < lockPatience; time.Sleep(time.Millisecond) {
		if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != syscall.EWOULDBLOCK && err != syscall.EINTR {
			break
		}
	}
	return func() { _ = dir.Close() } // which unlocks it
}

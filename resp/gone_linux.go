package resp

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// ending asks the system whether the other side has ended the connection (whole), or
// its side of it at least (half). It does not wait.
func (g *guardConn) ending() (half, whole bool) {
	sc, ok := g.socket.Conn.(syscall.Conn)
	if !ok {
		return false, false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false, false
	}
	var found int16
	err = raw.Control(func(fd uintptr) {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
		if n, err := unix.Poll(fds, 0); err == nil && n > 0 {
			found = fds[0].Revents
		}
	})
	whole = err != nil || found&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0 // or closed meanwhile
	return whole || found != 0, whole
}

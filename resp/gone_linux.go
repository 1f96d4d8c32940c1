package resp

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// hasEnded tells whether the other side has ended the connection, or its side
// of it. It does not wait.
func (g *guardConn) hasEnded() bool {
	sc, ok := g.socket.Conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	ended := false
	err = raw.Control(func(fd uintptr) {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
		n, err := unix.Poll(fds, 0)
		ended = err == nil && n > 0
	})
	return ended || err != nil // closed meanwhile
}

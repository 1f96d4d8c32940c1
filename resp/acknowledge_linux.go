package resp

import (
	"net"

	"golang.org/x/sys/unix"
)

// acknowledge tells the other side at once what has arrived of it, where the
// kernel would wait up to 40 ms for an answer to send along.
func acknowledge(tc *net.TCPConn) {
	raw, err := tc.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { // closed: there is nobody to tell
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1) // it only saves time
	})
}

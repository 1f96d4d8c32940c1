package resp

import (
	"net"

	"golang.org/x/sys/unix"
)

// unsent returns how many bytes of tc the other side has not acknowledged yet,
// 0 when that is unknown.
func unsent(tc *net.TCPConn) int {
	raw, err := tc.SyscallConn()
	if err != nil {
		return 0
	}
	n := 0
	err = raw.Control(func(fd uintptr) {
		if n, err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ); err != nil {
			n = 0
		}
	})
	if err != nil {
		return 0
	}
	return n
}

//go:build !linux

package resp

import "net"

// acknowledge is not possible here: the kernel decides when.
func acknowledge(*net.TCPConn) {}

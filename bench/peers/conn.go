//go:build linux

package main

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// conn is one connection of the load generator: a bare non-blocking socket,
// for net.Conn would have the Go runtime poll it too.
type conn struct {
	fd      int
	waiting int           // replies still to come
	started time.Duration // when the requests in flight were sent, or were due
	unsent  []byte        // of the requests in flight, where the socket was full
	replies replies

	// Of a load with a fixed rate.
	next    int // the next of this connection's requests
	backlog int // requests that are due but not sent
}

func dial(addr netip.AddrPort) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("socket: %w", err)
	}
	err = unix.Connect(fd, &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()})
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		unix.Close(fd)
		return 0, fmt.Errorf("connecting to %s: %w", addr, err)
	}
	return fd, nil
}

// write sends what the socket takes and returns the rest.
func write(fd int, p []byte) ([]byte, error) {
	for len(p) > 0 {
		n, err := rawWrite(fd, p)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			return p, nil
		case err != nil:
			return nil, fmt.Errorf("write: %w", err)
		default:
			p = p[n:]
		}
	}
	return nil, nil
}

var errClosed = errors.New("the server closed the connection")

// read returns 0 when there is nothing to read now.
func read(fd int, p []byte) (int, error) {
	for {
		n, err := rawRead(fd, p)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			return 0, nil
		case err != nil:
			return 0, fmt.Errorf("read: %w", err)
		case n == 0:
			return 0, errClosed
		default:
			return n, nil
		}
	}
}

package resp

import (
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// stuck is a connection that has no room for what is written, while its client takes what it has.
type stuck struct {
	*net.TCPConn
	takes func()
	times int
}

func (s *stuck) Write(p []byte) (int, error) {
	if s.times--; s.times < 0 {
		return len(p), nil
	}
	s.takes()
	return 0, os.ErrDeadlineExceeded
}

// A client that takes a part of what its socket has is active, although the socket has no room for more
// yet: whoever takes anything until the next look is not refused.
func TestSocket_TakingIsActivity(t *testing.T) {
	_, l := halted(t)
	lc, client := l.client(t)
	lc.fill()
	second, err := unix.Dup(lc.number)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(second), "")
	nc, err := net.FileConn(file)
	_ = file.Close() // nc has its own descriptor
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	wrapped := &stuck{TCPConn: nc.(*net.TCPConn), times: 5, takes: func() {
		for before := unsent(nc); unsent(nc) == before; {
			if _, err := io.ReadFull(client, make([]byte, 1000)); err != nil {
				t.Fatal(err)
			}
		}
	}}
	_, k := writeTo(0, time.Nanosecond)
	k.Conn, k.uptake = wrapped, uptake{given: int64(unsent(nc))}
	if n, err := k.Write([]byte("reply")); n != 5 || err != nil || wrapped.times >= 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
	_ = client.Close() // or the stop would wait for it
	l.goOn(t)
}

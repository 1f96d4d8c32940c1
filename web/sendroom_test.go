package web

import (
	"net"
	"testing"
	"time"
)

// Of what a guest does not take the system keeps little.
func TestDoor_KeepsLittleToSend(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	deaf, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	if err := deaf.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	g, err := door{ln, &crowd{most: 1}, func(net.Addr) Visitor { return anybody{} }}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	_ = g.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	if n, err := g.Write(make([]byte, 8<<20)); err == nil || n > 1<<20 {
		t.Errorf("%d bytes were taken: %v", n, err)
	}
}

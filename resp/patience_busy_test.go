package resp

import (
	"bufio"
	"net"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// A dawdler is served off the loops, and takes its time for each command.
type dawdlers struct{ pongs }

func (dawdlers) Open(c *Conn) Session { return dawdler{pong{c}} }

type dawdler struct{ pong }

func (d dawdler) Serve(args [][]byte) {
	if d.c.OnLoop() && d.c.LeaveLoop() {
		return
	}
	time.Sleep(600 * time.Millisecond)
	d.pong.Serve(args)
}

// Who has sent a part of a command while the server was at work for him has the time for the rest of it
// from when the server listens again.
func TestPatience_BeginsWhenTheServerListens(t *testing.T) {
	config := DefaultConfig()
	config.Command = 500 * time.Millisecond
	s := NewServer(dawdlers{}, zerolog.Nop(), config)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	defer func() {
		s.Shutdown(t.Context())
		<-served
	}()
	nc, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(time.Minute))
	in := bufio.NewReader(nc)
	nc.Write([]byte("PING\r\nPING\r\nPI"))
	for n := range 3 {
		if line, err := in.ReadString('\n'); err != nil || line != "+PONG\r\n" {
			t.Fatalf("command %d: %q, %v", n, line, err)
		}
		if n == 1 {
			time.Sleep(50 * time.Millisecond)
			nc.Write([]byte("NG\r\n"))
		}
	}
}

package resp

import (
	"bufio"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
)

type pongs struct{}

func (pongs) Open(c *Conn) Session { return pong{c} }

type pong struct{ c *Conn }

func (p pong) Serve([][]byte)    { p.c.SimpleString("PONG") }
func (pong) Settle()             {}
func (pong) Note(*journal.Batch) {}
func (pong) EndBatch()           {}
func (pong) Close()              {}

// A connection that comes or goes, or is looked at, has the server's lock for a moment. Who sends the
// next command does not wait for it, whatever the patience with him is.
func TestGuard_ReadsWaitForNoOtherConnection(t *testing.T) {
	config := DefaultConfig()
	config.Idle = time.Hour
	s := NewServer(pongs{}, zerolog.Nop(), config)
	path := filepath.Join(t.TempDir(), "s")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	defer func() {
		s.Shutdown(t.Context())
		<-served
	}()
	nc, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(time.Minute))
	in := bufio.NewReader(nc)
	for n := range 3 {
		nc.Write([]byte("PING\r\n"))
		if line, err := in.ReadString('\n'); err != nil || line != "+PONG\r\n" {
			t.Fatalf("command %d: %q, %v", n, line, err)
		}
		if n == 0 { // from now on it is somebody else's
			s.mu.Lock()
			defer s.mu.Unlock()
		}
	}
}

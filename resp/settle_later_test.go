package resp_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
)

// laterBook is what sessions that settle later have done.
type laterBook struct {
	mu      sync.Mutex
	settled int // at the end of a batch, off the loop
	onLoop  int // settled there although it takes long
}

// muchLater is a reply that does not wait for the end of its batch.
var muchLater = strings.Repeat("x", 200_000)

// later has much to settle after each command but PING.
type later struct {
	c    *resp.Conn
	book *laterBook
	much bool
}

func (b *laterBook) Open(c *resp.Conn) resp.Session { return &later{c: c, book: b} }

func (s *later) Serve(args [][]byte) {
	switch string(args[0]) {
	case "PING":
		s.c.SimpleString("PONG")
		return
	case "QUIT":
		s.c.CloseAfterReply()
	case "BOOM":
		panic("seeded")
	case "KILL":
		s.c.Kill()
	case "FILL": // on a loop, whose client does not read
		for s.c.Usage().Unsent == 0 {
			s.c.BulkString(strings.Repeat("x", 10_000))
		}
		return
	}
	s.much = true
	if string(args[0]) == "NOW" || string(args[0]) == "MUCH" {
		s.c.SettleLater() // not only at the end of the batch
	}
	if string(args[0]) == "MUCH" {
		s.c.BulkString(muchLater)
		return
	}
	s.c.SimpleString(string(args[0]))
}

func (s *later) Settle() { s.settle(s.c.OnLoop()) }

func (*later) Note(*journal.Batch) {}
func (s *later) EndBatch() {
	if s.much && !s.c.SettleLater() {
		s.settle(false)
	}
}

func (s *later) Close() { s.settle(false) }

func (s *later) settle(onLoop bool) {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	if s.much {
		s.book.settled++
	}
	if s.much && onLoop {
		s.book.onLoop++
	}
	s.much = false
}

// What takes long to settle is settled on a goroutine, before the reply leaves, whatever comes behind
// the command; and each client gets all its replies, once and in order.
func TestSettle_Later(t *testing.T) {
	much := fmt.Sprintf("$%d\r\n%s\r\n", len(muchLater), muchLater)
	eachTransport(t, func(t *testing.T, loops int) {
		for says, want := range map[string]string{
			"A\r\n":                       "+A\r\n",
			"PING\r\nA\r\nPING\r\nB\r\n":  "+PONG\r\n+A\r\n+PONG\r\n+B\r\n",
			"NOW\r\nPING\r\nNOW\r\nA\r\n": "+NOW\r\n+PONG\r\n+NOW\r\n+A\r\n",
			"A\r\nQUIT\r\nPING\r\n":       "+A\r\n+QUIT\r\n",
			"MUCH\r\nPING\r\nMUCH\r\n":    much + "+PONG\r\n" + much,
			"QUIT\r\nPING\r\n":            "+QUIT\r\n",
			"A\r\n*1\r\nbroken\r\n":       "+A\r\n-ERR Protocol error: expected '$', got 'b'\r\n",
			"NOW\r\n*1\r\nbroken\r\n":     "+NOW\r\n-ERR Protocol error: expected '$', got 'b'\r\n",
			"A\r\nBOOM\r\nB\r\n":          "+A\r\n-ERR internal error\r\n+B\r\n",
			"NOW\r\nBOOM\r\nB\r\n":        "+NOW\r\n-ERR internal error\r\n+B\r\n",
		} {
			b := new(laterBook)
			server, addr, _ := serve(t, loops, b)
			nc, _ := dial(t, addr)
			send(t, nc, says)
			if err := nc.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(nc)
			if string(got) != want || err != nil {
				t.Errorf("%q: %q, %v, want %q", says, got, err, want)
			}
			eventually(t, "it has ended", func() bool { return figuresOf(server).Clients.Connected == 0 })
			b.mu.Lock()
			if b.settled == 0 || b.onLoop > 0 {
				t.Errorf("%q: settled %d times, %d of them on the loop", says, b.settled, b.onLoop)
			}
			b.mu.Unlock()
		}
		b := new(laterBook)
		server, addr, _ := serve(t, loops, b)
		nc, _ := dial(t, addr)
		send(t, nc, "A\r\nKILL\r\nB\r\n")
		_, _ = io.Copy(io.Discard, nc)
		eventually(t, "it has ended", func() bool { return figuresOf(server).Clients.Connected == 0 })
	})
}

// What a client has changed is settled although it does not take the replies that it had before.
func TestSettle_LaterWaitsForNoReader(t *testing.T) {
	loops := onLoops(t)
	b := new(laterBook)
	_, addr, _ := serve(t, loops, b)
	nc, r := dial(t, addr)
	send(t, nc, "FILL\r\nA\r\n")
	eventually(t, "it is settled", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.settled == 1
	})
	for line := ""; line != "+A\r\n"; {
		var err error
		if line, err = r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
}

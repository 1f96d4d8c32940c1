package resp_test

import (
	"io"
	"net"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
)

// book counts what the server calls, and what it calls too late.
type book struct{ open, closed, late atomic.Int32 }

func (b *book) Open(c *resp.Conn) resp.Session {
	b.open.Add(1)
	return &entry{c: c, book: b}
}

// entry is a session of a book.
type entry struct {
	c      *resp.Conn
	book   *book
	ended  atomic.Bool
	served int64
}

func (e *entry) Serve(args [][]byte) {
	e.call()
	if string(args[0]) == "LEAVE" && e.c.LeaveLoop() {
		return
	}
	if e.c.Session() != resp.Session(e) {
		e.book.late.Add(1)
	}
	switch string(args[0]) {
	case "PUSH":
		e.c.OpenPush()
	case "QUIT":
		e.c.CloseAfterReply()
	case "KILL":
		e.c.Kill()
	}
	e.served++
	e.c.Int(e.served)
}

func (e *entry) Settle() { e.call() }

func (*entry) Note(*journal.Batch) {}
func (e *entry) EndBatch()         { e.call() }

func (e *entry) Close() {
	e.call()
	e.ended.Store(true)
	e.book.closed.Add(1)
}

func (e *entry) call() {
	if e.ended.Load() {
		e.book.late.Add(1)
	}
}

// A client has one session from its first command to its end, of whichever kind that is, and hears
// nothing after Close.
func TestSession_OpensAndClosesOnce(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		b := new(book)
		server, addr, _ := serve(t, loops, b)
		ways := []string{"", "A\r\n", "A\r\nQUIT\r\nA\r\n", "A\r\nKILL\r\nA\r\n", "LEAVE\r\nA\r\n", "A\r\nLEAVE\r\nQUIT\r\n", "PUSH\r\nA\r\n", "A\r\nPUSH\r\nQUIT\r\n",
			"PUSH\r\nKILL\r\n", "*1\r\nbroken\r\n", "*2\r\n$4\r\nhalf"}
		for range 3 {
			for _, says := range ways {
				nc, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				send(t, nc, says)
				if err := nc.(*net.TCPConn).CloseWrite(); err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, nc) // until the server closes; a reset is one of the ends
				_ = nc.Close()
			}
		}
		eventually(t, "all have ended", func() bool { return figuresOf(server).Clients.Connected == 0 && b.closed.Load() == b.open.Load() })
		if n := b.open.Load(); n != int32(3*len(ways)) {
			t.Errorf("%d sessions for %d clients", n, 3*len(ways))
		}
		if n := b.late.Load(); n != 0 {
			t.Errorf("%d calls of another session, or of one that was closed", n)
		}
	})
}

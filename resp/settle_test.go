package resp_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
)

// settler notes how much had left the server when it was to settle.
type settler struct {
	c       *resp.Conn
	settled *atomic.Int64 // bytes, and one; 0: it was not called
	reply   func(c *resp.Conn)
}

func (s settler) Open(c *resp.Conn) resp.Session { s.c = c; return s }
func (s settler) Serve([][]byte)                 { s.reply(s.c) }
func (s settler) Settle() {
	s.settled.CompareAndSwap(0, 1+int64(figuresOf(s.c.Server).Traffic.BytesOut))
}
func (settler) Note(*journal.Batch) {}
func (settler) EndBatch()           {}
func (settler) Close()              {}

// A reply that does not fit into the buffer begins to leave while its command is at work, and what the
// command has changed is settled before the first byte of it.
func TestSettle_BeforeTheFirstByte(t *testing.T) {
	piece := strings.Repeat("x", 1000)
	for name, reply := range map[string]func(*resp.Conn){
		"in pieces": func(c *resp.Conn) {
			c.Array(100)
			for range 100 {
				c.BulkString(piece)
			}
		},
		"in one": func(c *resp.Conn) { c.BulkString(strings.Repeat(piece, 100)) },
		"muted":  func(c *resp.Conn) { c.OK(); c.Mute(true); c.Mute(false) },
	} {
		t.Run(name, func(t *testing.T) {
			eachTransport(t, func(t *testing.T, loops int) {
				var settled atomic.Int64
				_, addr, _ := serve(t, loops, settler{settled: &settled, reply: reply})
				nc, r := dial(t, addr)
				send(t, nc, "GET\r\n")
				if _, err := r.ReadByte(); err != nil {
					t.Fatal(err)
				}
				if n := settled.Load(); n != 1 {
					t.Errorf("settled when %d bytes had left", n-1)
				}
			})
		})
	}
}

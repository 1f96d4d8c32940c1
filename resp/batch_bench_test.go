package resp

import (
	"io"
	"testing"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
)

// okHandler replies OK.
type okHandler struct{}

func (okHandler) Open(c *Conn) Session { return okSession{c} }

type okSession struct{ c *Conn }

func (s okSession) Serve([][]byte)    { s.c.OK() }
func (okSession) Settle()             {}
func (okSession) Note(*journal.Batch) {}
func (okSession) EndBatch()           {}
func (okSession) Close()              {}

// discardLink is a network that takes everything.
type discardLink struct{}

func (discardLink) fd() int                         { return -1 }
func (discardLink) kill()                           {}
func (discardLink) drain()                          {}
func (discardLink) unsent() int                     { return 0 }
func (discardLink) send([]byte, journal.Gate) error { return nil }
func (discardLink) sent()                           {}

// BenchmarkServeInput is what a request costs beside the handler and the
// kernel.
func BenchmarkServeInput(b *testing.B) {
	const depth = 128
	s := NewServer(okHandler{}, zerolog.Nop(), DefaultConfig())
	c := NewConn(io.Discard)
	c.session = okHandler{}.Open(c)
	c.in.Init(DefaultLimits(), nil)
	c.place = onLoop
	c.Server = s
	c.carryOn(discardLink{})
	box := outbox{arena: make([]byte, 0, arenaSize)}
	in := pipeline(depth, 1)
	b.ReportAllocs()
	for b.Loop() {
		box.lend(c)
		if v, _ := s.serveInput(c, in, 0); v != goesOn {
			b.Fatal(c.err)
		}
		box.release()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*depth), "ns/request")
}

package resp

import (
	"io"
	"testing"

	"github.com/rs/zerolog"
)

// okHandler replies OK.
type okHandler struct{}

func (okHandler) ServeRESP(c *Conn, _ [][]byte) { c.OK() }
func (okHandler) EndBatch(*Conn)                {}

// BenchmarkServeInput is what a request costs beside the handler and the
// kernel.
func BenchmarkServeInput(b *testing.B) {
	const depth = 128
	s := NewServer(okHandler{}, zerolog.Nop(), DefaultConfig())
	c := NewConn(io.Discard)
	c.in.Init(DefaultLimits(), nil)
	in := pipeline(depth, 1)
	b.ReportAllocs()
	for b.Loop() {
		if s.serveInput(c, in) != goesOn {
			b.Fatal(c.err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*depth), "ns/request")
}

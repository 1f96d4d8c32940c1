package resp

import (
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// traffic is what went through all connections of a server: bytes, how often
// there was something to read and something was taken, and commands.
type traffic struct{ in, out, reads, writes, commands atomic.Uint64 }

// ratePeriod is how long a rate is measured.
const ratePeriod = time.Second

// measure keeps s.rates up to date until Shutdown is done.
func (s *Server) measure() {
	tick := time.NewTicker(ratePeriod)
	defer tick.Stop()
	type reading struct {
		at                time.Time
		commands, in, out uint64
	}
	read := func(at time.Time) reading {
		return reading{at, s.traffic.commands.Load(), s.traffic.in.Load(), s.traffic.out.Load()}
	}
	last := read(time.Now())
	for {
		select {
		case <-s.done:
			return
		case at := <-tick.C:
			next := read(at)
			per := func(a, b uint64) float64 { return float64(b-min(a, b)) / max(next.at.Sub(last.at).Seconds(), 1e-3) }
			s.rates.Store(&observe.Rates{Commands: per(last.commands, next.commands), BytesIn: per(last.in, next.in), BytesOut: per(last.out, next.out)})
			last = next
		}
	}
}

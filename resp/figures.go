package resp

import (
	"net"
	"os"

	"github.com/prefixtracker/prefixtracker/observe"
)

// Figures fills in what the server knows.
func (s *Server) Figures(f *observe.Figures) {
	s.mu.Lock()
	connected, accepted := len(s.mu.open), s.accepted.Load() // of one moment
	if len(s.mu.listeners) > 0 {
		if a, ok := s.mu.listeners[0].Addr().(*net.TCPAddr); ok {
			f.Server.Port = a.Port
		}
	}
	s.mu.Unlock()
	f.Server.Started = s.started
	f.Server.Executable, _ = os.Executable() // "" where the system does not say
	f.Clients.Connected, f.Clients.Max = connected, s.config.MaxClients
	for _, c := range s.unsorted() {
		u := c.Usage()
		f.Clients.MaxInput = max(f.Clients.MaxInput, u.Input+u.InputRoom+u.Words)
		f.Clients.MaxOutput = max(f.Clients.MaxOutput, u.Unsent)
	}
	f.Loops = s.loopTimes()
	f.Memory.Queries = s.queries.Used()
	stalls, longest := s.stalls.read()
	f.Traffic = observe.Traffic{
		Connections: accepted,
		Commands:    s.traffic.commands.Load(),
		BytesIn:     s.traffic.in.Load(),
		BytesOut:    s.traffic.out.Load(),
		Reads:       s.traffic.reads.Load(),
		Writes:      s.traffic.writes.Load(),
		Panics:      s.panics.Load(),
		Refusals:    s.reasons(),
		Stalls:      stalls,
		LongestTurn: longest,
		Held:        int(s.held.Load()),
	}
	for _, r := range []refusal{refusedMaxClients, refusedPerAddress, refusedProtected} {
		f.Traffic.Rejected += s.refusals[r].count.Load()
	}
	if r := s.rates.Load(); r != nil {
		f.Traffic.Rates = *r
	}
}

// ResetStats sets the numbers that count since the start to 0, for the command
// at hand: that is the first to be counted again, and those before it in its
// batch are not.
func (c *Conn) ResetStats() {
	s := c.Server
	c.batch.commands = 1
	s.accepted.Store(0)
	s.panics.Store(0)
	s.traffic.in.Store(0)
	s.traffic.out.Store(0)
	s.traffic.reads.Store(0)
	s.traffic.writes.Store(0)
	s.traffic.commands.Store(0)
	for i := range s.refusals {
		s.refusals[i].count.Store(0)
	}
	s.stalls.reset()
}

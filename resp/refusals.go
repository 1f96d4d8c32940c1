package resp

import (
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// refusal is a reason for which a client does not get what it wants.
type refusal int

const (
	refusedMaxClients refusal = iota
	refusedPerAddress
	refusedProtected
	refusedHandshake
	refusedProtocol
	refusedHTTP
	refusedQueryMemory
	refusedIdle
	refusedSlowCommand
	refusedSlowReader
	refusedPassword
	refusedUnchecked
	refusedNotLogged
	refusals // how many

	noRefusal refusal = -1
)

// refusalNames are what the log and INFO call them.
var refusalNames = [refusals]string{
	"max_clients", "max_clients_per_address", "protected_mode", "tls_handshake", "protocol_error", "http_request",
	"query_memory", "idle_timeout", "command_timeout", "write_timeout", "wrong_password", "password_not_checked", "not_logged",
}

// refusalBook counts refusals and logs them, one of a kind a second, so that
// a flood of them is neither a flood of the log.
type refusalBook [refusals]struct {
	count atomic.Uint64
	gate  logGate
}

// logGate lets one line a second through.
type logGate struct {
	logged atomic.Int64 // when the last line was written, by the server's clock; 0 for never
	silent atomic.Uint64
}

const logPeriod = time.Second

// pass reports whether a line may be written now, by the server's clock, and how
// many were not since the last.
func (g *logGate) pass(now time.Duration) (silent uint64, ok bool) {
	last := g.logged.Load()
	if last != 0 && now-time.Duration(last) < logPeriod || !g.logged.CompareAndSwap(last, max(int64(now), 1)) {
		g.silent.Add(1)
		return 0, false
	}
	return g.silent.Swap(0), true
}

// refuse counts and logs a refusal; noRefusal is none. detail must hold no byte of a client's that
// is not escaped, and no password; zerolog escapes what it prints.
func (s *Server) refuse(r refusal, client, detail string) {
	if r == noRefusal {
		return
	}
	b := &s.refusals[r]
	b.count.Add(1)
	silent, ok := b.gate.pass(s.now())
	if !ok {
		return
	}
	line := s.log.Warn().Str("reason", refusalNames[r]).Str("client", client)
	if detail != "" {
		line = line.Str("detail", detail)
	}
	if silent > 0 {
		line = line.Uint64("not_logged", silent)
	}
	line.Msg("refused")
}

// reasons returns all reasons with their counts since the start.
func (s *Server) reasons() []observe.Refusal {
	list := make([]observe.Refusal, refusals)
	for i := range list {
		list[i] = observe.Refusal{Reason: refusalNames[i], Count: s.refusals[i].count.Load()}
	}
	return list
}

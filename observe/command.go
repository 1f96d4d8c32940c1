package observe

import "sync/atomic"

// CommandCounters are the numbers of one command over all connections. They are
// safe for concurrent use.
type CommandCounters struct {
	calls    atomic.Uint64
	nanos    atomic.Uint64
	rejected atomic.Uint64
	failed   atomic.Uint64
	latency  atomic.Pointer[Histogram]
}

// Observe adds n calls that took nanos altogether.
func (m *CommandCounters) Observe(n, nanos uint64) {
	m.calls.Add(n)
	m.nanos.Add(nanos)
	h := m.latency.Load()
	if h == nil {
		m.latency.CompareAndSwap(nil, new(Histogram)) // whoever wins, there is one
		h = m.latency.Load()
	}
	if h != nil { // but for a reset in between
		h.Add(nanos/n, n)
	}
}

// Reject counts a call that was not executed.
func (m *CommandCounters) Reject() { m.rejected.Add(1) }

// Fail counts a call that was executed, with an error reply.
func (m *CommandCounters) Fail() { m.failed.Add(1) }

// Reset begins anew.
func (m *CommandCounters) Reset() {
	m.calls.Store(0)
	m.nanos.Store(0)
	m.rejected.Store(0)
	m.failed.Store(0)
	m.latency.Store(nil)
}

// Command is what one command has done.
type Command struct {
	Name     string // in lower case, "client|id" for a subcommand
	Calls    uint64
	Nanos    uint64 // of all calls together
	Rejected uint64 // not executed: the wrong number of arguments, no password
	Failed   uint64 // executed, with an error reply
	Latency  Distribution
}

// Read returns the numbers so far as those of the command name.
func (m *CommandCounters) Read(name string) Command {
	c := Command{Name: name, Calls: m.calls.Load(), Nanos: m.nanos.Load(), Rejected: m.rejected.Load(), Failed: m.failed.Load()}
	if h := m.latency.Load(); h != nil {
		c.Latency = h.Read()
	}
	return c
}

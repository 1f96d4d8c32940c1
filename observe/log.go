package observe

import "sync/atomic"

// LogCounters are the numbers of a log. The zero value is ready; they are safe
// for concurrent use.
type LogCounters struct {
	written atomic.Uint64
	dropped atomic.Uint64
}

// Write counts a line that is where it was to go.
func (c *LogCounters) Write() { c.written.Add(1) }

// Drop counts a line that nobody will see.
func (c *LogCounters) Drop() { c.dropped.Add(1) }

// Reset begins anew.
func (c *LogCounters) Reset() {
	c.written.Store(0)
	c.dropped.Store(0)
}

// Log is what has become of the lines of a log.
type Log struct {
	Written uint64
	Dropped uint64 // nobody read them in time, or at all
}

// Read returns the numbers so far.
func (c *LogCounters) Read() Log { return Log{c.written.Load(), c.dropped.Load()} }

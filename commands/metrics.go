package commands

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// metrics are the numbers of one command over all connections.
type metrics struct {
	calls    atomic.Uint64
	nanos    atomic.Uint64
	rejected atomic.Uint64 // not executed: the wrong number of arguments
	failed   atomic.Uint64 // executed, with an error reply
	latency  atomic.Pointer[histogram]
}

// observe adds n calls that took nanos altogether.
func (m *metrics) observe(n, nanos uint64) {
	m.calls.Add(n)
	m.nanos.Add(nanos)
	h := m.latency.Load()
	if h == nil {
		m.latency.CompareAndSwap(nil, new(histogram)) // whoever wins, there is one
		h = m.latency.Load()
	}
	if h != nil { // but for a reset in between
		h[bucketOf(nanos/n)].Add(n)
	}
}

func (m *metrics) reset() {
	m.calls.Store(0)
	m.nanos.Store(0)
	m.rejected.Store(0)
	m.failed.Store(0)
	m.latency.Store(nil)
}

// histogram counts calls by the nanoseconds they took, in buckets that are
// exact below 32 and then 1/32 of their value wide: the log-linear layout of
// HdrHistogram (hdrhistogram.org).
type histogram [(64 - subBits) << subBits]atomic.Uint64

const subBits = 5

func bucketOf(nanos uint64) int {
	if nanos < 1<<subBits {
		return int(nanos)
	}
	shift := bits.Len64(nanos) - 1 - subBits
	return shift<<subBits + int(nanos>>shift)
}

// bucketEnd is the largest value that lies in a bucket.
func bucketEnd(i int) uint64 {
	if i < 2<<subBits {
		return uint64(i)
	}
	shift := i>>subBits - 1
	return (uint64(i&(1<<subBits-1)|1<<subBits)+1)<<shift - 1
}

// counts returns a copy of the buckets and their sum.
func (h *histogram) counts() (counts []uint64, total uint64) {
	counts = make([]uint64, len(h))
	for i := range h {
		counts[i] = h[i].Load()
		total += counts[i]
	}
	return counts, total
}

// percentile returns the nanoseconds that a share of the calls, 0 to 1, did
// not exceed, as the end of their bucket.
func percentile(counts []uint64, total uint64, share float64) uint64 {
	wanted := max(uint64(share*float64(total)+0.5), 1)
	var sum uint64
	for i, n := range counts {
		if sum += n; sum >= wanted {
			return bucketEnd(i)
		}
	}
	return 0
}

// meter times the commands of one connection with few looks at the clock,
// which costs as much as a short command does. Within a batch one command
// begins when the one before it ends, and short commands of one kind in a row,
// up to groupSize of them, are timed together: their calls and time are exact,
// and each is taken to have had an equal share of it.
type meter struct {
	running bool
	began   time.Duration // of the group
	group   *Spec         // nil when nothing is to be timed
	n       uint64
}

const groupSize = 16

// begin notes that a command of spec is about to be executed.
func (x *Commands) begin(c *resp.Conn, m *meter, spec *Spec) {
	switch {
	case !m.running:
		m.running, m.began = true, x.now()
	case m.group != nil && m.group != spec:
		x.lap(c, m)
	}
}

// finish notes that a command of spec has been executed.
func (x *Commands) finish(c *resp.Conn, m *meter, spec *Spec, args [][]byte) {
	if m.group != nil && m.group != spec {
		x.lap(c, m) // commands of EXEC, whose own time begins here
	}
	m.group = spec
	m.n++
	switch {
	case !spec.short(len(args)):
		if d := x.lap(c, m); d >= time.Duration(x.slowlog.threshold.Load()) || x.latency.threshold.Load() != 0 {
			x.late(c, spec, args, d)
		}
	case m.n == groupSize:
		x.lap(c, m)
	}
}

// lap ends the group and returns what it took.
func (x *Commands) lap(c *resp.Conn, m *meter) time.Duration {
	now := x.now()
	d := now - m.began
	x.metrics[m.group.index].observe(m.n, uint64(d))
	m.began, m.group, m.n = now, nil, 0
	c.Spent(d)
	return d
}

// EndBatch implements [resp.Handler].
func (x *Commands) EndBatch(c *resp.Conn) {
	s := sessionOf(c)
	if s.meter.group != nil {
		x.lap(c, &s.meter)
	}
	s.meter.running = false
	s.finder.Forget()
	if s.last != nil {
		c.Publish(&s.last.lower)
	}
}

func (x *Commands) now() time.Duration { return time.Since(x.started) }

// late notes a command that took d where somebody wants to know.
func (x *Commands) late(c *resp.Conn, spec *Spec, args [][]byte, d time.Duration) {
	if limit := x.slowlog.threshold.Load(); limit >= 0 && d >= time.Duration(limit) {
		x.slowlog.add(c, spec, args, d)
	}
	if limit := x.latency.threshold.Load(); limit > 0 && d >= time.Duration(limit) {
		event := "command"
		if spec.fast {
			event = "fast-command"
		}
		x.latency.add(event, d)
	}
}

// errorCounts counts error replies by their first word. There are as many
// words as error texts, none of a client's making.
type errorCounts struct {
	mu     sync.Mutex
	counts map[string]uint64
}

func (e *errorCounts) add(code string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.counts == nil {
		e.counts = make(map[string]uint64)
	}
	e.counts[code]++
}

// snapshot returns a copy of the counts and their sum.
func (e *errorCounts) snapshot() (counts map[string]uint64, total uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	counts = make(map[string]uint64, len(e.counts))
	for code, n := range e.counts {
		counts[code] = n
		total += n
	}
	return counts, total
}

func (e *errorCounts) reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.counts = nil
}

package commands

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// LATENCY LATEST|HISTOGRAM|RESET
var latencySpec = &Spec{
	Name: "LATENCY", Arity: -2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Shows how long commands take.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*Spec{latencyHistogramSpec, latencyLatestSpec, latencyResetSpec},
}

var latencyHistogramSpec = &Spec{
	Name: "LATENCY|HISTOGRAM", Arity: -2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Returns how many calls of each command took up to so many microseconds.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "map of calls and counts by microseconds",
	Args: []Arg{{Name: "command", Type: ArgString, Optional: true, Multiple: true}},
	Run:  (*Commands).latencyHistogram,
}

var latencyLatestSpec = &Spec{
	Name: "LATENCY|LATEST", Arity: 2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Returns the events over latency-monitor-threshold: name, Unix time, latest and longest milliseconds.",
	Complexity: "O(n) for n events", Since: "0.1.0", Reply: "array of events",
	Run: (*Commands).latencyLatest,
}

var latencyResetSpec = &Spec{
	Name: "LATENCY|RESET", Arity: -2, Flags: []string{"admin"},
	Group: groupServer, Summary: "Forgets events.",
	Complexity: "O(n) for n events", Since: "0.1.0", Reply: "number of events forgotten",
	Args: []Arg{{Name: "event", Type: ArgString, Optional: true, Multiple: true}},
	Run:  (*Commands).latencyReset,
}

// latencyEvents are the commands that took threshold or longer, by kind.
type latencyEvents struct {
	threshold atomic.Int64 // nanoseconds; 0 is off
	mu        sync.Mutex
	events    map[string]latencyEvent
}

type latencyEvent struct {
	at              time.Time
	latest, longest time.Duration
}

func (l *latencyEvents) add(event string, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.events == nil {
		l.events = make(map[string]latencyEvent)
	}
	l.events[event] = latencyEvent{time.Now(), d, max(d, l.events[event].longest)}
}

func (x *Commands) latencyLatest(c *resp.Conn, _ [][]byte) error {
	l := &x.latency
	l.mu.Lock()
	defer l.mu.Unlock()
	names := make([]string, 0, len(l.events))
	for name := range l.events {
		names = append(names, name)
	}
	slices.Sort(names)
	c.Array(len(names))
	for _, name := range names {
		e := l.events[name]
		c.Array(4)
		c.BulkString(name)
		c.Int(e.at.Unix())
		c.Int(e.latest.Milliseconds())
		c.Int(e.longest.Milliseconds())
	}
	return nil
}

func (x *Commands) latencyReset(c *resp.Conn, args [][]byte) error {
	l := &x.latency
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.events)
	if len(args) == 0 {
		l.events = nil
	}
	for _, a := range args {
		delete(l.events, string(a))
	}
	c.Int(int64(before - len(l.events)))
	return nil
}

func (x *Commands) latencyHistogram(c *resp.Conn, names [][]byte) error {
	type row struct {
		spec   *Spec
		counts []uint64
		total  uint64
	}
	var rows []row
	for _, s := range x.known(names) {
		if h := x.metrics[s.index].latency.Load(); h != nil {
			if counts, total := h.counts(); total > 0 {
				rows = append(rows, row{s, counts, total})
			}
		}
	}
	c.Map(len(rows))
	for _, r := range rows {
		c.BulkString(r.spec.lower)
		c.Map(2)
		c.BulkString("calls")
		c.Int(int64(r.total))
		c.BulkString("histogram_usec")
		replyMicroseconds(c, r.counts)
	}
	return nil
}

// replyMicroseconds writes the cumulative counts at powers of two of a
// microsecond, from the first that has calls to the one that has them all.
func replyMicroseconds(c *resp.Conn, counts []uint64) {
	var upTo [64]uint64 // calls that took 2^i µs at most
	for i, n := range counts {
		micros := (bucketEnd(i) + 999) / 1000
		upTo[bits.Len64(max(micros, 1)-1)] += n
	}
	type point struct{ micros, calls uint64 }
	var points []point
	var sum uint64
	for i, n := range upTo {
		if n > 0 {
			sum += n
			points = append(points, point{1 << i, sum})
		}
	}
	c.Map(len(points))
	for _, p := range points {
		c.Int(int64(p.micros))
		c.Int(int64(p.calls))
	}
}

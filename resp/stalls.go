package resp

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// LongTurn is how long nothing that an event loop does may take of its processor,
// for everybody else on the loop waits meanwhile. What takes longer is a fault of
// the server's, and is counted with its name.
const LongTurn = 5 * time.Millisecond

// NotedTurn is from where on handlers tell how long they took: shorter work is
// not asked about, for that costs something, too.
const NotedTurn = LongTurn / 10

// What a loop does that is no command.
const (
	stalledByEnd    = "connection-end"
	stalledByTimers = "timers"
	stalledByInbox  = "new-connections"
)

// stallBook counts and logs what has held up an event loop, and knows what came
// closest to that.
type stallBook struct {
	longest atomic.Int64 // nanoseconds; changed under mu

	mu        sync.Mutex
	longestBy string
	counts    map[string]uint64
	gate      logGate
}

// worked notes that what, a name of the server's own, has kept a loop busy for d
// of its processor's time.
func (s *Server) worked(what string, d time.Duration) {
	b := &s.stalls
	if d <= LongTurn && int64(d) <= b.longest.Load() {
		return
	}
	b.mu.Lock()
	if int64(d) > b.longest.Load() {
		b.longest.Store(int64(d))
		b.longestBy = what
	}
	if d <= LongTurn {
		b.mu.Unlock()
		return
	}
	if b.counts == nil {
		b.counts = make(map[string]uint64)
	}
	b.counts[what]++
	b.mu.Unlock()
	if silent, ok := b.gate.pass(s.now()); ok {
		s.log.Warn().Str("by", what).Dur("for", d).Uint64("not_logged", silent).Msg("event loop held up")
	}
}

// read returns what has held up loops since the start, in the order of the names,
// and what has kept one busy for longest.
func (b *stallBook) read() (stalls []observe.Stall, longest observe.Turn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	longest = observe.Turn{What: b.longestBy, Took: time.Duration(b.longest.Load())}
	list := make([]observe.Stall, 0, len(b.counts))
	for what, n := range b.counts {
		list = append(list, observe.Stall{What: what, Count: n})
	}
	slices.SortFunc(list, func(x, y observe.Stall) int { return strings.Compare(x.What, y.What) })
	return list, longest
}

func (b *stallBook) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.longest.Store(0)
	b.longestBy = ""
	clear(b.counts)
}

// stopwatch tells how much of its processor's time a loop has used, and has to
// ask the system for it rarely: when something has taken long, and in between
// just often enough for the answer to be about that and little else. A busy
// machine on which the loop waits for a processor makes nothing look long.
type stopwatch struct {
	cpu time.Duration // the thread's
	at  time.Duration // when that was, by the server's clock
}

// stopwatchError is by how much an answer may be too small.
const stopwatchError = 250 * time.Microsecond

// turn is called when the loop goes to work.
func (w *stopwatch) turn(now time.Duration) {
	if now-w.at > stopwatchError {
		w.cpu, w.at = threadTime(), now
	}
}

// used returns how much processor time the loop has used since began at least:
// what it may have used before that is taken off.
func (w *stopwatch) used(began, now time.Duration) time.Duration {
	cpu := threadTime()
	d := cpu - w.cpu - max(began-w.at, 0)
	w.cpu, w.at = cpu, now
	return d
}

// Held is for handlers, who look at the clock for their own ends: what has taken
// d until now, which is longer than [NotedTurn]. If that was work on an event
// loop, it is noted, and counted and logged beyond [LongTurn].
func (c *Conn) Held(what string, d time.Duration) {
	if w := c.stopwatch; w != nil && c.OnLoop() {
		now := c.Server.now()
		c.Server.worked(what, w.used(now-d, now))
	}
}

package tracker

import (
	"runtime"
	"sync/atomic"
	"time"
)

// takers knows who is about to take IDs away, so that somebody can wait until all
// have ended who began before: a tracker's first lease does, since who began before does
// not know of it (F5). It is the sleepable read-copy-update of Paul McKenney ("Sleepable Read-Copy
// Update", 2006): who takes announces itself in a line of its own, and who waits turns
// the phase, in which others announce themselves from then on.
type takers struct {
	turn  chan struct{} // of who waits: one at a time
	phase atomic.Uint32
	next  atomic.Uint32 // the line for the next Caller
	lines [2][takerLines]takerLine
}

// takerLines is how many lines Callers share: those of one line slow each other.
const takerLines = 64

// takerLine is alone in its cache line.
type takerLine struct {
	n atomic.Int64
	_ [56]byte
}

// enter announces a taker and returns its line, to be left by leave.
func (s *takers) enter(line uint32) *takerLine {
	in := &s.lines[s.phase.Load()&1][line%takerLines]
	in.n.Add(1)
	return in
}

func (l *takerLine) leave() { l.n.Add(-1) }

// wait returns when all have left who had entered before the call. Who enters a line after
// it was seen empty has looked at nothing yet: it reads what was stored before wait.
func (s *takers) wait() {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	// Who has read the phase of two turns ago announces himself on the side that nobody
	// waits for below.
	s.drain(s.phase.Load() + 1)
	s.drain(s.phase.Add(1) - 1)
}

// none tells whether each line was seen empty once: all have left who had entered before the call.
func (s *takers) none() bool {
	for side := range s.lines {
		for i := range s.lines[side] {
			if s.lines[side][i].n.Load() != 0 {
				return false
			}
		}
	}
	return true
}

// drain waits until the side of phase has been seen empty, line by line.
func (s *takers) drain(phase uint32) {
	for i := range s.lines[phase&1] {
		line := &s.lines[phase&1][i]
		for tries := 0; line.n.Load() != 0; tries++ {
			if tries < 100 {
				runtime.Gosched()
			} else {
				time.Sleep(50 * time.Microsecond) // somebody removes a long range
			}
		}
	}
}

// enter announces that the Caller is about to take IDs away, until leave.
func (c *Caller) enter() {
	if c.inside == nil {
		c.inside = c.registry.takers.enter(c.line)
	}
}

// leave takes the announcement back, unless a batch is to have one for all it
// takes.
func (c *Caller) leave() {
	if !c.batch {
		c.Rest()
	}
}

// Batch has what the Caller takes away announced once for all of it, until Rest:
// for who calls that soon, and waits for nothing before. A Caller that is not told so
// calls Rest by itself.
func (c *Caller) Batch(is bool) { c.batch = is }

// Rest ends a batch.
func (c *Caller) Rest() {
	c.batch = false // what comes next may come where its client is waited for
	if c.inside != nil {
		c.inside.leave()
		c.inside = nil
	}
}

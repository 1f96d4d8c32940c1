package tracker

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// kind is what a hold is of; equal values are the same kind. The table of held
// things knows nothing else about it.
type kind interface {
	// enter gives h its place, or says why it cannot have it. h is complete:
	// others may meet it there from then on, without a lock.
	enter(h *hold) error
	// leave takes h, which has entered, out of its place. It is called once,
	// when h has ended by whatever way, and perhaps long after that: another may
	// have the place.
	//
	// The table may be locked in both: they must be a few steps.
	leave(h *hold)
}

// hold is something of a tracker that one holder has for a time. It ends when
// it is closed, and, if it has a token, also with its tracker, with its owner
// or by time. Whichever comes first, it has ended from that moment on, for
// everybody; the table forgets it later (see holds).
type hold struct {
	kind    kind
	tracker *Tracker
	rng     Range
	ended   atomic.Bool // closed or reaped

	// The rest is for holds that a caller has by a token.
	table    *holds // nil for one without
	token    string
	ttl      time.Duration
	deadline atomic.Int64  // on the clock of table
	groups   [sides]*group // never written after enter
	turn     sync.Mutex    // held by the call at work with the token

	// Guarded by table.mu.
	places [sides]int // in groups
	due    int64      // deadline as the heap knows it: that, or an earlier one
	at     int        // in the heap
	out    bool       // it has left the heap and its groups
}

// over reports whether h has ended.
func (h *hold) over() bool {
	switch {
	case h.ended.Load():
		return true
	case h.table == nil:
		return false
	}
	return h.void() || h.groups[ofOwner].over() || h.late()
}

// void reports whether that has gone which h is of: there is nothing to give back.
func (h *hold) void() bool { return h.groups[ofTracker].over() || h.groups[ofPart].over() }

// passed is the deadline of a hold that has been seen to end by time.
const passed = math.MinInt64

// late reports whether the time of h is over. Who sees that makes it so for
// good: a renewal that has read the clock before, and comes after, fails.
func (h *hold) late() bool {
	for {
		deadline := h.deadline.Load()
		if deadline > h.table.now() {
			return false
		}
		if h.deadline.CompareAndSwap(deadline, passed) {
			return true
		}
	}
}

// countExpired counts h, whose IDs are about to be given back, if it has ended by time.
func (h *hold) countExpired() {
	if h.deadline.Load() == passed {
		h.tracker.extra().expired.Add(1)
		h.table.expired.Add(1)
	}
}

// renew begins the time to live of h anew and reports false when h has ended.
func (h *hold) renew() bool {
	for {
		deadline := h.deadline.Load()
		if h.over() {
			return false
		}
		if h.deadline.CompareAndSwap(deadline, h.table.after(h.ttl)) {
			return true
		}
	}
}

// end marks h as ended and has it leave. It may be called again.
func (h *hold) end() {
	if h.ended.CompareAndSwap(false, true) {
		h.kind.leave(h) // or it would stay in memory
	}
}

// A hold ends with the groups it is in.
const (
	ofTracker = iota // what is held of one tracker while it is in the registry
	ofOwner          // what ends with one caller
	ofPart           // what ends with a part of the tracker: with what is in flight when it is cleared, with a shared cursor
	sides
)

// group is holds that end together: with one store, however many they are.
type group struct {
	ended atomic.Bool

	members []*hold // guarded by holds.mu
}

// over reports whether the members have ended; no group never has.
func (g *group) over() bool { return g != nil && g.ended.Load() }

// add takes h in, whose groups name g at that side.
func (g *group) add(side int, h *hold) {
	h.places[side] = len(g.members)
	g.members = append(g.members, h)
}

// remove takes h out; the last member gets its place.
func (g *group) remove(side int, h *hold) {
	last := len(g.members) - 1
	moved := g.members[last]
	g.members[h.places[side]], moved.places[side] = moved, h.places[side]
	g.members[last] = nil
	g.members = g.members[:last]
}

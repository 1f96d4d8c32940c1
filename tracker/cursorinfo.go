package tracker

import "iter"

// CursorInfo is a shared cursor as others see it.
type CursorInfo struct {
	Tracker     Reader
	Pass        Pass
	Position    uint64 // of the pass: how many there are before what lies in front
	Issued      uint64 // IDs that were handed out and have not come back
	Outstanding uint64 // of them, those with a lease that nobody has confirmed
	Returned    uint64 // IDs that have come back, and are not handed out again yet
	Loops       uint64 // passes that have ended, of one that loops
}

// CursorInfo returns what is to be said of the shared cursor name, or [ErrNoCursor].
func (c *Caller) CursorInfo(name string) (CursorInfo, error) {
	s := c.registry.cursor(name)
	if s == nil {
		return CursorInfo{}, ErrNoCursor
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return CursorInfo{
		Tracker: s.hold.tracker, Pass: s.pass, Position: s.at, Issued: s.final + s.outstanding,
		Outstanding: s.outstanding, Returned: s.returned, Loops: s.loops,
	}, nil
}

// mostCounted is how many positions of an order at random are looked at for a count.
const mostCounted = 1 << 20

// InFront is as many IDs as lie in front of the cursor, and in ascending order those.
func (i CursorInfo) InFront() Range {
	r := i.Pass.Range
	r.Min += i.Position
	return r
}

// CountInFront returns how many IDs in front of a cursor in random order match: it looks at each of
// them. ok is false where they are more than a million, and where m says that it is to end early.
func (i CursorInfo) CountInFront(m Mask) (n uint64, ok bool) {
	r, left := i.Pass.Range, i.InFront().Len()
	if left > mostCounted {
		return 0, false
	}
	s := i.Tracker.Select(i.Pass.Filter, m)
	order := NewPermutation(r.Len(), i.Pass.Seed)
	for at := i.Position; at < r.Len(); at++ {
		if at%fewPositions == 0 && !s.asks() {
			return 0, false
		}
		if s.has(r.Min + order.At(at)) {
			n++
		}
	}
	return n, true
}

// LongCountInFront tells whether CountInFront takes long.
func (i CursorInfo) LongCountInFront() bool {
	n := i.InFront().Len()
	return n > fewPositions && n <= mostCounted
}

// Remaining returns how many IDs are still to be handed out in this pass, when n in front of the cursor match
// and nothing changes.
func (i CursorInfo) Remaining(n uint64) uint64 {
	n += i.Returned
	if limit := i.Pass.Limit; limit > 0 {
		n = min(n, limit-min(limit, i.Issued))
	}
	return n
}

// Cursors goes through the names of all shared cursors. One that is there all the while comes at least
// once, perhaps twice.
func (r *Registry) Cursors() iter.Seq[string] {
	return func(yield func(string) bool) {
		for h := range r.holds.members(func() *group { return &r.cursors }) {
			if !h.over() && !yield(h.kind.(*cursor).name) {
				return
			}
		}
	}
}

package tracker

import (
	"iter"
)

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

// LongRemaining tells whether Remaining takes long.
func (i CursorInfo) LongRemaining() bool {
	r := i.inFront()
	switch {
	case i.Pass.Random:
		return r.Len() > fewPositions
	case i.Pass.Except != "" || i.Pass.Only != "":
		return true
	}
	return i.Tracker.LongCount(r)
}

// Remaining returns how many IDs are still to be handed out in this pass, were nothing to change: those
// that match in front, and those that have come back. In an order at random ok is false
// where a million positions would have to be looked at for that, as it is when goOn, asked between pieces of
// the work, says no more.
func (c *Caller) Remaining(i CursorInfo, goOn func() bool) (n uint64, ok bool, err error) {
	mask, err := c.Mask(i.Pass.Except, i.Pass.Only)
	if err != nil {
		return 0, false, err
	}
	r := i.inFront()
	sel := i.Tracker.Select(i.Pass.Filter, mask.While(goOn))
	switch {
	case !i.Pass.Random:
		n, ok = sel.countAll(r, goOn)
	case i.Pass.Filter == All && sel.plain():
		n, ok = r.Len(), true
	case r.Len() <= mostCounted:
		n, ok = sel.countOrder(i.Pass, i.Position, goOn)
	}
	if !ok {
		return 0, false, nil
	}
	n += i.Returned
	if limit := i.Pass.Limit; limit > 0 {
		n = min(n, limit-min(limit, i.Issued))
	}
	return n, true, nil
}

// countAll counts the wanted IDs of r in pieces, unless goOn says no more.
func (s *Selection) countAll(r Range, goOn func() bool) (n uint64, ok bool) {
	if !s.plain() {
		n = s.count(r)
		return n, !s.stopped
	}
	if s.filter == All {
		return r.Len(), true
	}
	for piece := range Pieces(s.tracker, r) {
		if n += s.tracker.CountRange(piece); !goOn() {
			return 0, false
		}
	}
	if s.filter == Unset {
		n = r.Len() - min(n, r.Len())
	}
	return n, true
}

// countOrder counts the wanted IDs from a position of an order at random on.
func (s *Selection) countOrder(p Pass, at uint64, goOn func() bool) (n uint64, ok bool) {
	order := NewPermutation(p.Range.Len(), p.Seed)
	for ; at < p.Range.Len(); at++ {
		if at%fewPositions == 0 && !goOn() {
			return 0, false
		}
		if s.has(p.Range.Min + order.At(at)) {
			n++
		}
	}
	return n, true
}

// inFront is as many IDs as lie in front of the cursor, and in ascending order those.
func (i CursorInfo) inFront() Range {
	r := i.Pass.Range
	r.Min += i.Position
	return r
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

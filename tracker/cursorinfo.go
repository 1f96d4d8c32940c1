package tracker

import (
	"iter"
	"slices"
	"strings"
)

// CursorInfo is a shared cursor as others see it.
type CursorInfo struct {
	Name        string
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
	return s.info(), nil
}

func (c *cursor) info() CursorInfo {
	c.mu.Lock()
	defer c.mu.Unlock()
	return CursorInfo{
		Name: c.name, Tracker: c.hold.tracker, Pass: c.pass, Position: c.at, Issued: c.final + c.outstanding,
		Outstanding: c.outstanding, Returned: c.returned, Loops: c.loops,
	}
}

// Progress is how much of the pass lies behind the cursor, from 0 to 1: of its range, or of its limit
// where that is nearer. What is outstanding, or has come back, is not known to be done.
func (i CursorInfo) Progress() float64 {
	done := func(n, of uint64) float64 { return float64(min(n, of)) / float64(max(of, 1)) }
	pending := i.Outstanding + i.Returned
	progress := done(i.Position-min(pending, i.Position), i.Pass.Range.Len())
	if i.Pass.Range.Len() == 0 {
		progress = 1
	}
	if limit := i.Pass.Limit; limit > 0 {
		progress = max(progress, done(i.Issued-min(i.Outstanding, i.Issued), limit))
	}
	return progress
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
		if s.Has(r.Min + order.At(at)) {
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

// CursorInfos returns what is to be said of the shared cursors of t, or of all for nil: of n at most, which
// are mostly those that were opened last, by their names.
func (r *Registry) CursorInfos(t *Tracker, n int) []CursorInfo {
	var infos []CursorInfo
	met := make(map[*hold]struct{})
	for h := range r.holds.members(func() *group { return r.cursorGroup(t) }) {
		if len(infos) >= n {
			break
		}
		if _, twice := met[h]; !twice && !h.over() {
			met[h] = struct{}{}
			infos = append(infos, h.kind.(*cursor).info())
		}
	}
	slices.SortFunc(infos, func(a, b CursorInfo) int { return strings.Compare(a.Name, b.Name) })
	return infos
}

// CountCursors returns how many shared cursors t has, or how many there are for nil.
func (r *Registry) CountCursors(t *Tracker) int {
	r.holds.mu.Lock()
	defer r.holds.mu.Unlock()
	if g := r.cursorGroup(t); g != nil {
		return len(g.members)
	}
	return 0
}

// cursorGroup is the shared cursors of t, or all for nil. The table is locked.
func (r *Registry) cursorGroup(t *Tracker) *group {
	if t == nil {
		return &r.cursors
	}
	if x := t.extras.Load(); x != nil {
		return x.cursors
	}
	return nil
}

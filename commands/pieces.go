package commands

import "github.com/prefixtracker/prefixtracker/tracker"

// countAll counts the IDs of r that are wanted, turn by turn. It reports false when nobody
// wants to know any more.
func (c *session) countAll(wanted *tracker.Selection, r tracker.Range) (n uint64, ok bool) {
	for {
		n += wanted.Count(r)
		if !wanted.Stopped() {
			return n, true
		}
		if r.Min = wanted.At(); c.Gone() {
			return 0, false
		}
	}
}

// countInto counts the IDs that exist into m. It reports false when nobody wants to
// know any more.
func (c *session) countInto(m tracker.Map, t tracker.Reader) (ok bool) {
	if !t.LongMap(m.Range) {
		t.CountInto(m, m.Range)
		return true
	}
	for piece := range t.Pieces(m.Range) {
		if t.CountInto(m, piece); c.Gone() {
			return false
		}
	}
	return true
}

// removeRange removes the IDs of r and returns how many. All of them, whoever waits
// for that: a client that has asked for it may have gone.
func (c *session) removeRange(p tracker.Handle, r tracker.Range) (n uint64) {
	if !p.Read().LongRemove(r) {
		return p.RemoveRange(r)
	}
	for piece := range p.Read().Pieces(r) {
		n += p.RemoveRange(piece)
		c.Gone() // others have their turn
	}
	return n
}

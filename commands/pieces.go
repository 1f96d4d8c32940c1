package commands

import "github.com/prefixtracker/prefixtracker/tracker"

// countRange returns how many IDs of r exist, or with Unset are free, and mask does not
// pass over. It reports false when nobody wants to know any more.
func (c *session) countRange(t tracker.Reader, filter tracker.Filter, mask tracker.Mask, r tracker.Range) (n uint64, ok bool) {
	wanted := t.Select(filter, mask)
	if !mask.IsZero() || !wanted.LongCount(r) {
		n = wanted.Count(r)
		return n, !wanted.Stopped()
	}
	return c.countPieces(t, filter, t.Clip(r))
}

// countPieces is countRange for a long range and no mask.
func (c *session) countPieces(t tracker.Reader, filter tracker.Filter, r tracker.Range) (n uint64, ok bool) {
	wanted := t.Select(filter, tracker.Mask{})
	if filter == tracker.Unset {
		n = r.Len()
	}
	for piece := range t.Pieces(r) {
		if n += wanted.Count(piece); filter == tracker.Unset {
			n -= piece.Len()
		}
		if c.Gone() {
			return 0, false
		}
	}
	return n, true
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

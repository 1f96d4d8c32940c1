package commands

import (
	"iter"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// pieceLength is how many IDs are counted or removed at a time.
const pieceLength = 16 << 20

// pieces are the parts of r that have IDs, each short enough that others may have
// their turn between two of them. Whoever may leave the rest looks at Gone there.
func pieces(t tracker.Reader, r tracker.Range) iter.Seq[tracker.Range] {
	return func(yield func(tracker.Range) bool) {
		for r = t.Clip(r); ; {
			first, some := t.First(tracker.Set, r)
			if !some {
				return
			}
			piece := tracker.Range{Min: first, Max: min(first+pieceLength, r.Max)}
			if !yield(piece) {
				return
			}
			r.Min = piece.Max
		}
	}
}

// countRange returns how many IDs of r exist. It reports false when nobody wants to
// know any more.
func (c *session) countRange(t tracker.Reader, r tracker.Range) (n uint64, ok bool) {
	if !t.LongCount(r) {
		return t.CountRange(r), true
	}
	for piece := range pieces(t, r) {
		if n += t.CountRange(piece); c.Gone() {
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
	for piece := range pieces(t, m.Range) {
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
	for piece := range pieces(p.Read(), r) {
		n += p.RemoveRange(piece)
		c.Gone() // others have their turn
	}
	return n
}

package commands

import "github.com/prefixtracker/prefixtracker/tracker"

// countPiece is how many IDs are counted between two looks at whether somebody
// still wants to know.
const countPiece = 16 << 20

// countRange returns how many IDs of r exist. It reports false when nobody wants to
// know any more.
func (c *session) countRange(t tracker.Reader, r tracker.Range) (n uint64, ok bool) {
	if !t.LongCount(r) {
		return t.CountRange(r), true
	}
	for r = t.Clip(r); ; {
		first, some := t.First(tracker.Set, r)
		if !some {
			return n, true
		}
		piece := tracker.Range{Min: first, Max: min(first+countPiece, r.Max)}
		n += t.CountRange(piece)
		if r.Min = piece.Max; c.Gone() {
			return 0, false
		}
	}
}

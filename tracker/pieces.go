package tracker

import "iter"

// pieceLength is how many IDs are counted or removed at a time.
const pieceLength = 16 << 20

// Pieces are the parts of r that have IDs which exist or are in flight, ascending, each
// short enough that others may have their turn between two of them. Where there are none
// costs nothing.
func (t *Tracker) Pieces(r Range) iter.Seq[Range] {
	return func(yield func(Range) bool) {
		for r = t.Clip(r); ; {
			first, some := t.bits.NextSet(r.Min, r.Max)
			if !some {
				return
			}
			piece := Range{first, min(first+pieceLength, r.Max)}
			if !yield(piece) {
				return
			}
			r.Min = piece.Max
		}
	}
}

package tracker

import (
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// cellCount counts the existing IDs of a tracker in cells. That is how many have a bit,
// less those that are in flight, and the two bitmaps are read one after the other: where
// something has moved between them meanwhile nothing has been counted, and the parts of
// the range are counted each by itself, in the end word by word.
type cellCount struct {
	t      *Tracker
	cells  bitmap.Cells
	flight []uint64 // of each cell, those in flight; nil where nobody wants to know
	room   []uint64 // for the two counts of all cells
}

// countCells adds to c how many IDs of r exist, of which no cell is behind c's end, and to flight, unless
// that is nil, how many are in flight.
func (t *Tracker) countCells(c bitmap.Cells, flight []uint64, r Range) {
	if r.Len() == 0 {
		return
	}
	var few [128]uint64
	n := cellCount{t, c, flight, few[:]}
	if first, behind := n.over(r); 2*(behind-first) > uint64(len(few)) {
		n.room = make([]uint64, 2*(behind-first))
	}
	n.count(r)
}

// over returns the first of the cells that r has IDs of, and the one behind the last.
func (n *cellCount) over(r Range) (first, behind uint64) {
	return (r.Min - n.cells.Min) / n.cells.Size, (r.Max-1-n.cells.Min)/n.cells.Size + 1
}

func (n *cellCount) count(r Range) {
	first, behind := n.over(r)
	many := behind - first
	set := bitmap.Cells{Min: n.cells.Min + first*n.cells.Size, Size: n.cells.Size, Counts: n.room[:many]}
	flying := set
	flying.Counts = n.room[many : 2*many]
	for range fewLooks {
		clear(n.room[:2*many])
		f, seq := n.t.flight(), uint64(0)
		if f != nil {
			seq = f.seq.Load()
			f.bits.CountCells(flying, r.Min, r.Max)
			yield()
		}
		n.t.bits.CountCells(set, r.Min, r.Max)
		if f == nil && n.t.flight() == nil || f != nil && seq&1 == 0 && f.seq.Load() == seq {
			for i, all := range set.Counts {
				n.cells.Counts[first+uint64(i)] += all - flying.Counts[i]
				if n.flight != nil {
					n.flight[first+uint64(i)] += flying.Counts[i]
				}
			}
			return
		}
	}
	if wi := r.Min >> 6; wi == (r.Max-1)>>6 {
		existing, flying := n.t.states(wi)
		n.addWord(n.cells.Counts, wi, existing&bitmap.Clip(wi, r.Min, r.Max))
		if n.flight != nil {
			n.addWord(n.flight, wi, flying&bitmap.Clip(wi, r.Min, r.Max))
		}
		return
	}
	step := (r.Len()/16 + 64) &^ 63
	for from := r.Min; from < r.Max; {
		to := min((from+step)&^63, r.Max)
		n.count(Range{from, to})
		from = to
	}
}

// addWord adds each ID of a word to its cell.
func (n *cellCount) addWord(counts []uint64, wi, word uint64) {
	for ; word != 0; word &= word - 1 {
		counts[(wi<<6+uint64(bits.TrailingZeros64(word))-n.cells.Min)/n.cells.Size]++
	}
}

// countCells counts the wanted IDs of r, which are Set or Unset ones, into cells that
// have room for all.
func (s *Selection) countCells(cells bitmap.Cells, r Range) {
	cell := func(i int) Range {
		from := cells.Min + uint64(i)*cells.Size
		return Range{from, min(from+cells.Size, r.Max)}
	}
	if !s.mask.isZero() {
		for i := range cells.Counts {
			if cells.Counts[i] = s.Count(cell(i)); !s.asks() {
				return
			}
		}
		return
	}
	for piece := range s.tracker.Pieces(r) {
		if s.filter == Set {
			s.tracker.countCells(cells, nil, piece)
		} else {
			s.tracker.bits.CountCells(cells, piece.Min, piece.Max)
		}
		if !s.asks() {
			return
		}
	}
	for i := range cells.Counts {
		all := cell(i).Len()
		if cells.Counts[i] = min(cells.Counts[i], all); s.filter == Unset { // beside changes it may be too large
			cells.Counts[i] = all - cells.Counts[i]
		}
	}
}

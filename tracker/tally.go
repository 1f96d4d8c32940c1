package tracker

import (
	"math/bits"
	"slices"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// tally is how many IDs of a selection lie in each cell of a range: with it one finds
// the ID before which so many lie by a look at one cell. Its ranks are the places of
// the IDs in the whole range.
type tally struct {
	of   *Selection
	base uint64   // the ID of rank 0
	span Range    // of IDs, in cells
	size uint64   // IDs in a cell
	upTo []uint64 // in the cells before each, and in all
}

// tallyCells is how many cells a tally has at most.
const tallyCells = 4096

// narrowIDs are looked for one word after the other.
const narrowIDs = 1 << 14

// count counts the IDs of span, a part of the range that begins at base.
func (t *tally) count(of *Selection, base uint64, span Range) {
	t.of, t.base, t.span = of, base, span
	t.size = max((span.Len()+tallyCells-1)/tallyCells, 64)
	cells := int((span.Len() + t.size - 1) / t.size)
	t.upTo = slices.Grow(t.upTo[:0], cells+1)[:cells+1]
	clear(t.upTo)
	of.countCells(bitmap.Cells{Min: span.Min, Size: t.size, Counts: t.upTo[1:]}, span)
	for i := range cells {
		t.upTo[i+1] += t.upTo[i]
	}
}

func (t *tally) total() uint64 { return t.upTo[len(t.upTo)-1] }

// cell returns the IDs of cell i, and whether it has them all.
func (t *tally) cell(i int) (r Range, all bool) {
	from := t.span.Min + uint64(i)*t.size
	r = Range{from, min(from+t.size, t.span.Max)}
	return r, t.upTo[i+1]-t.upTo[i] == r.Len()
}

func (t *tally) before(rank uint64) uint64 {
	id := t.base + rank
	switch {
	case id <= t.span.Min:
		return 0
	case id >= t.span.Max:
		return t.total()
	}
	i := int((id - t.span.Min) / t.size)
	r, all := t.cell(i)
	switch {
	case all:
		return t.upTo[i] + id - r.Min
	case t.upTo[i] == t.upTo[i+1]:
		return t.upTo[i]
	}
	return min(t.upTo[i]+t.of.Count(Range{r.Min, id}), t.upTo[i+1])
}

func (t *tally) at(i uint64) (rank uint64, ok bool) {
	k, _ := slices.BinarySearch(t.upTo, i+1) // the first that has more before it
	if k == len(t.upTo) {
		return 0, false
	}
	k--
	r, all := t.cell(k)
	i -= t.upTo[k]
	if all {
		if id := r.Min + i; t.of.Has(id) {
			return id - t.base, true
		}
		return 0, false
	}
	for r.Len() > narrowIDs {
		middle := (r.Min + r.Len()/2) &^ 63
		if n := t.of.Count(Range{r.Min, middle}); i < n {
			r.Max = middle
		} else {
			i, r.Min = i-n, middle
		}
	}
	for from := r.Min; ; {
		wi, word, ok := t.of.next(from, r.Max)
		if !ok {
			return 0, false
		}
		n := uint64(bits.OnesCount64(word))
		if i < n {
			return wi<<6 + uint64(bits.TrailingZeros64(bitmap.Lowest(word, int(i)+1)&^bitmap.Lowest(word, int(i)))) - t.base, true
		}
		i -= n
		from = (wi + 1) << 6
	}
}

func (t *tally) collect(dst []uint64, first, n uint64) []uint64 {
	rank, ok := t.at(first)
	for from := t.base + rank; ok && n > 0; {
		var wi, word uint64
		if wi, word, ok = t.of.next(from, t.span.Max); !ok {
			break
		}
		for ; word != 0 && n > 0; word &= word - 1 {
			dst = append(dst, wi<<6+uint64(bits.TrailingZeros64(word))-t.base)
			n--
		}
		from = (wi + 1) << 6
	}
	return dst
}

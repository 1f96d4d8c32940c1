package bitmap

import (
	"math/bits"
	"sync/atomic"
)

// Cells are IDs in cells of equal size, with how many of each are in a set:
// Counts[i] is about the Size IDs from Min + i*Size on.
type Cells struct {
	Min    uint64
	Size   uint64 // 1 to Limit
	Counts []uint64
}

// end is the first ID behind all cells, as far as a set can have any.
func (c *Cells) end() uint64 {
	high, low := bits.Mul64(c.Size, uint64(len(c.Counts)))
	if high != 0 || low > Limit || c.Min > Limit {
		return Limit
	}
	return clamp(c.Min + low)
}

// CountCells adds to c's counts the IDs of [min, max) that are in the set. It
// reads a word at most once, and none where the summaries know that there is no
// ID, or every one. An ID that is in the set all through the call is counted,
// one that is not is not, one that changes may be.
func (b *Bitmap) CountCells(c Cells, min, max uint64) {
	if r := b.root.Load(); r != nil {
		r.countCells(c, min, max)
	}
}

// CountRange returns how many IDs of [min, max) are in the set, as CountCells
// counts them.
func (b *Bitmap) CountRange(min, max uint64) uint64 {
	r := b.root.Load()
	switch {
	case r == nil:
		return 0
	case min == 0 && max >= Limit:
		return r.count()
	}
	var n [1]uint64
	r.countCells(Cells{0, Limit, n[:]}, min, max)
	return n[0]
}

// tally is one pass over the words of [from, max), ascending.
type tally struct {
	Cells
	from, max uint64
	at        uint64 // the cell at hand
	behind    uint64 // the first ID behind it
	hidden    suspects
}

func (r *root) countCells(c Cells, from, max uint64) {
	t := tally{Cells: c, from: maxID(from, c.Min), max: minID(max, c.end())}
	if t.from >= t.max {
		return
	}
	t.hidden.collectCalm(r) // before the first skip bit (doc.go, "Nothing left")
	if g := r.head.Load(); g != nil {
		t.words(0, g[:])
	}
	if low := r.low.Load(); low != nil {
		t.chunk(low, 0)
	}
	for h := range treeCount {
		if n := r.trees[h].Load(); n != nil {
			t.node(n, h, 0)
		}
	}
}

// children has a bit for each child that has IDs to be counted, of a structure
// whose children hold 2^shift IDs each and which begins at base.
func (t *tally) children(base uint64, shift int) uint64 {
	if t.max <= base || t.from >= base+fanOut<<shift {
		return 0
	}
	in := upTo(childAt(t.max-1, base, shift))
	if t.from > base {
		in &= full << ((t.from - base) >> shift)
	}
	return in
}

func (t *tally) node(n *node, level int, prefix uint64) {
	shift := 18 + 6*level // log2 of the IDs under one child
	base := prefix << (shift + 6)
	suspect := t.hidden.under(2+level, prefix)
	whole := n.skip[fulls].Load() &^ suspect
	look := t.children(base, shift) & (^n.skip[empties].Load() | suspect)
	for ; look != 0; look &= look - 1 {
		k := uint64(bits.TrailingZeros64(look))
		if level == 0 {
			if c := n.chunks[k].Load(); c == nil {
				continue
			} else if whole>>k&1 == 0 {
				t.chunk(c, prefix<<6|k)
				continue
			}
		} else if kid := n.kids[k].Load(); kid == nil {
			continue
		} else if whole>>k&1 == 0 {
			t.node(kid, level-1, prefix<<6|k)
			continue
		}
		t.all(base+k<<shift, base+(k+1)<<shift)
	}
}

func (t *tally) chunk(c *chunk, ci uint64) {
	base := ci * chunkIDs
	suspect := t.hidden.under(1, ci)
	whole := c.skip[fulls].groups.Load() &^ suspect
	look := t.children(base, 12) & (^c.skip[empties].groups.Load() | suspect)
	for ; look != 0; look &= look - 1 {
		k := uint64(bits.TrailingZeros64(look))
		switch g := c.group(k); {
		case g == nil: // group 0 of chunk 0 is the head
		case whole>>k&1 != 0:
			t.all(base+k*groupIDs, base+(k+1)*groupIDs)
		default:
			t.group(g, c, ci*fanOut+k)
		}
	}
}

// group counts the group with index gi, of chunk c.
func (t *tally) group(g *group, c *chunk, gi uint64) {
	first := gi * groupIDs
	if first < t.from || first+groupIDs > t.max || first+groupIDs > t.cellOf(first) {
		t.words(gi*groupWords, g[:])
		return
	}
	suspect := t.hidden.under(0, gi)
	whole := c.skip[fulls].words[gi%fanOut].Load() &^ suspect
	look := ^whole & (^c.skip[empties].words[gi%fanOut].Load() | suspect)
	n := wordIDs * popcount(whole)
	if look == full {
		for i := range g {
			n += popcount(g[i].Load())
		}
	} else {
		for ; look != 0; look &= look - 1 {
			n += popcount(g[bits.TrailingZeros64(look)].Load())
		}
	}
	t.Counts[t.at] += uint64(n)
}

// cellOf makes the cell of id the one at hand and returns the first ID behind
// it.
func (t *tally) cellOf(id uint64) (behind uint64) {
	if id >= t.behind {
		t.at = (id - t.Min) / t.Size
		t.behind = t.Min + (t.at+1)*t.Size
	}
	return t.behind
}

// all counts the IDs of [from, to), which are all in the set.
func (t *tally) all(from, to uint64) {
	to = minID(to, t.max)
	for id := maxID(from, t.from); id < to; {
		next := minID(to, t.cellOf(id))
		t.Counts[t.at] += next - id
		id = next
	}
}

// words counts the IDs of words, of which the first has index wi.
func (t *tally) words(wi uint64, words []atomic.Uint64) {
	to := minID(t.max, (wi+uint64(len(words)))<<6)
	for id := maxID(t.from, wi<<6); id < to; {
		next := minID(to, t.cellOf(id))
		t.Counts[t.at] += uint64(ones(words, wi, id, next))
		id = next
	}
}

// ones counts the set IDs of [from, max), which lie in words.
func ones(words []atomic.Uint64, wi, from, max uint64) int {
	first, last := from>>6-wi, (max-1)>>6-wi
	n := popcount(words[first].Load() & clip(wi+first, from, max))
	if first == last {
		return n
	}
	for i := first + 1; i < last; i++ {
		n += popcount(words[i].Load())
	}
	return n + popcount(words[last].Load()&clip(wi+last, from, max))
}

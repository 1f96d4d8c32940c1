package bitmap

import (
	"math/bits"
	"sync/atomic"
)

// find is the first word at or after an ID that has something to offer.
type find struct {
	word *atomic.Uint64 // nil where no memory is allocated
	wi   uint64         // index of the word; its first ID is wi*64
	bits uint64         // the wanted bits within the searched range, not 0
}

func (f find) id() uint64 { return f.wi<<6 + uint64(bits.TrailingZeros64(f.bits)) }

// next walks the summaries to the first word that has wanted bits in
// [from, max). Where memory is missing all IDs are free and none is set. With
// s nil the walk trusts every skip bit, so it may pass over an ID that a
// change in flight hides for a moment; with collected suspects it passes over
// no ID that was wanted all through the call (doc.go, "Nothing left").
func (r *root) next(pol polarity, from, max uint64, s *suspects) (find, bool) {
	if from < groupIDs && from < max {
		if f, ok := r.nextInHead(pol, from, max); ok {
			return f, true
		}
		from = groupIDs
	}
	if from < chunkIDs && from < max {
		if c := r.low.Load(); c != nil {
			if f, ok := r.nextInChunk(c, pol, 0, from, max, s); ok {
				return f, true
			}
		} else if pol == fulls {
			return unallocated(from, max), true
		}
		from = chunkIDs
	}
	for h := range treeCount {
		if from >= max {
			break
		}
		end := uint64(chunkIDs) << (6*h + 6)
		if from >= end {
			continue
		}
		if n := r.trees[h].Load(); n != nil {
			if f, ok := r.nextInNode(n, pol, h, 0, from, max, s); ok {
				return f, true
			}
		} else if pol == fulls {
			return unallocated(from, max), true
		}
		from = end
	}
	return find{}, false
}

// unallocated is the find at from in a place without memory.
func unallocated(from, max uint64) find {
	wi := from >> 6
	return find{nil, wi, clip(wi, from, max)}
}

// nextInHead looks at each word of the head, which has no summary.
func (r *root) nextInHead(pol polarity, from, max uint64) (find, bool) {
	g := r.head.Load()
	if g == nil {
		if pol == fulls {
			return unallocated(from, max), true
		}
		return find{}, false
	}
	// Four words at a time: a full head is passed over by every finder.
	inv := pol.exhausted() // wanted bits are those that differ
	wi, end := from>>6, min(groupWords, (max+63)>>6)
	if wi+4 <= end {
		// The first word alone may have wanted bits below from only.
		if v := (g[wi].Load() ^ inv) & clip(wi, from, max); v != 0 {
			return find{&g[wi], wi, v}, true
		}
		wi++
	}
	for wi+4 <= end && (g[wi].Load()^inv)|(g[wi+1].Load()^inv)|(g[wi+2].Load()^inv)|(g[wi+3].Load()^inv) == 0 {
		wi += 4
	}
	for ; wi < end; wi++ {
		if v := (g[wi].Load() ^ inv) & clip(wi, from, max); v != 0 {
			return find{&g[wi], wi, v}, true
		}
	}
	return find{}, false
}

// nextInNode searches the node at level whose chunks start at index
// prefix<<(6*level+6).
func (r *root) nextInNode(n *node, pol polarity, level int, prefix, from, max uint64, s *suspects) (find, bool) {
	shift := 18 + 6*level // log2 of the IDs under one child
	base := prefix << (shift + 6)
	var first uint64
	if from > base {
		first = (from - base) >> shift
	}
	look := (^n.skip[pol].Load() | s.under(2+level, prefix)) & maskFrom(first)
	for ; look != 0; look &= look - 1 {
		k := uint64(bits.TrailingZeros64(look))
		start := base + k<<shift
		if start >= max {
			break
		}
		start = maxID(start, from)
		var f find
		var ok bool
		if level == 0 {
			c := n.chunks[k].Load()
			if c == nil {
				if pol == empties {
					continue
				}
				return unallocated(start, max), true
			}
			f, ok = r.nextInChunk(c, pol, prefix<<6|k, start, max, s)
		} else {
			kid := n.kids[k].Load()
			if kid == nil {
				if pol == empties {
					continue
				}
				return unallocated(start, max), true
			}
			f, ok = r.nextInNode(kid, pol, level-1, prefix<<6|k, start, max, s)
		}
		if ok {
			return f, true
		}
	}
	return find{}, false
}

// nextInChunk searches chunk ci from the ID from, which lies in it.
func (r *root) nextInChunk(c *chunk, pol polarity, ci, from, max uint64, s *suspects) (find, bool) {
	sum := &c.skip[pol]
	first := from >> 6 // word index
	g := first / groupWords & 63
	look := (^sum.groups.Load() | s.under(1, ci)) & (full << g)
	for ; look != 0; look &= look - 1 {
		g = uint64(bits.TrailingZeros64(look))
		base := ci*chunkWords + g*groupWords
		if base<<6 >= max {
			break
		}
		words := c.group(g)
		if words == nil {
			if pol == empties {
				continue
			}
			return unallocated(maxID(base<<6, from), max), true
		}
		in := ^sum.words[g].Load() | s.under(0, base/groupWords)
		whole := true
		if base < first {
			in &= full << (first - base)
			whole = false
		}
		last := base + groupWords - 1
		for ; in != 0; in &= in - 1 {
			wi := base + uint64(bits.TrailingZeros64(in))
			if wi<<6 >= max {
				return find{}, false
			}
			w := &words[wi&63]
			v := pol.wanted(w.Load())
			if v == 0 {
				if sum.words[g].Load()&(1<<(wi&63)) == 0 {
					r.settle(pol, w, wi)
				}
				last = wi
				continue
			}
			if v &= clip(wi, from, max); v != 0 {
				return find{w, wi, v}, true
			}
			whole = false
		}
		if whole && sum.words[g].Load() == full && sum.groups.Load()&(1<<g) == 0 {
			r.settle(pol, &words[last&63], last)
		}
	}
	return find{}, false
}

func maxID(a, b uint64) uint64 {
	if a > b {
		return a
	}
	return b
}

func minID(a, b uint64) uint64 {
	if a < b {
		return a
	}
	return b
}

// nextExact is next with its promise made good: an ID that was wanted all
// through the call is not passed over. The word of from is looked at first,
// which is all that a dense walk needs.
func (r *root) nextExact(pol polarity, from, max uint64) (find, bool) {
	if from >= max {
		return find{}, false
	}
	if f, ok := r.here(pol, from, max); ok {
		return f, true
	}
	var s suspects
	s.collectCalm(r)
	return r.next(pol, from, max, &s)
}

// here is the find in the word of from, if there is one.
func (r *root) here(pol polarity, from, max uint64) (find, bool) {
	wi := from >> 6
	w := r.word(wi)
	if w == nil {
		return find{}, false
	}
	v := pol.wanted(w.Load()) & clip(wi, from, max)
	return find{w, wi, v}, v != 0
}

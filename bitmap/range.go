package bitmap

import "sync/atomic"

// SetRange puts the IDs of [min, max) into the set and returns how many were
// not there. It is atomic per word, not as a whole. Secure the memory first
// with ReserveRange where the backing may refuse.
func (b *Bitmap) SetRange(min, max uint64) uint64 {
	max = clamp(max)
	var changed uint64
	for id := min; id < max; {
		r, _ := b.home(id)
		s := r.spanAt(id, max)
		changed += uint64(r.change(&s, true, groupIDs, nil))
		id = (s.base + groupWords) << 6
	}
	return changed
}

// spanAt returns the part of [from, max) that lies in the group of from, whose
// memory is there.
func (r *root) spanAt(from, max uint64) span {
	wi := from >> 6
	base := wi &^ (groupWords - 1)
	s := span{words: r.groupOf(wi), base: base, lo: wi - base, hi: groupWords, from: from, to: max}
	if last := (max - 1) >> 6; last < base+groupWords {
		s.hi = last - base + 1
	}
	return s
}

// ClearRange takes the IDs of [min, max) out of the set and returns how many
// were there. It touches only allocated memory and is atomic per word.
func (b *Bitmap) ClearRange(min, max uint64) uint64 {
	r := b.root.Load()
	if r == nil {
		return 0
	}
	max = clamp(max)
	var changed uint64
	r.spans(min, max, func(wi uint64, words []atomic.Uint64) bool {
		for id, end := maxID(min, wi<<6), minID(max, (wi+uint64(len(words)))<<6); id < end; {
			s := r.spanAt(id, end)
			changed += uint64(r.change(&s, false, groupIDs, nil))
			id = (s.base + groupWords) << 6
		}
		return true
	})
	return changed
}

// spans calls visit with the allocated words that hold IDs of [min, max), in
// ascending order, until it returns false. wi is the index of words[0]. Only
// nodes that exist are walked: an empty range of 2^48 IDs costs nothing.
func (r *root) spans(min, max uint64, visit func(wi uint64, words []atomic.Uint64) bool) {
	if min >= max {
		return
	}
	c := cut{min >> 6, (max - 1) >> 6, visit}
	if g := r.head.Load(); g != nil && !c.words(0, g[:]) {
		return
	}
	if low := r.low.Load(); low != nil {
		for i := maxID(1, c.first/groupWords); i < minID(fanOut, c.last/groupWords+1); i++ {
			if g := low.low[i].Load(); g != nil && !c.words(i*groupWords, g[:]) {
				return
			}
		}
	}
	for h := range treeCount {
		if n := r.trees[h].Load(); n != nil && c.first>>(18+6*h) == 0 && c.last>>(12+6*h) != 0 && !c.node(n, h, 0) {
			return
		}
	}
}

// cut passes on what lies between the words first and last.
type cut struct {
	first, last uint64
	visit       func(wi uint64, words []atomic.Uint64) bool
}

// words and node return whether there may be more.
func (c *cut) words(wi uint64, words []atomic.Uint64) bool {
	end := wi + uint64(len(words)) - 1
	if end < c.first || wi > c.last {
		return true
	}
	if end > c.last {
		words = words[:c.last-wi+1]
	}
	if wi < c.first {
		words = words[c.first-wi:]
		wi = c.first
	}
	return c.visit(wi, words)
}

func (c *cut) node(n *node, level int, prefix uint64) bool {
	shift := 12 + 6*level // log2 of the words under one child
	base := prefix << (shift + 6)
	first, last := uint64(0), minID((c.last-base)>>shift, fanOut-1)
	if c.first > base {
		first = (c.first - base) >> shift
	}
	for k := first; k <= last; k++ {
		child := prefix<<6 | k
		if level == 0 {
			if ws := n.words[k].Load(); ws != nil && !c.words(child<<shift, ws[:]) {
				return false
			}
		} else if kid := n.kids[k].Load(); kid != nil && !c.node(kid, level-1, child) {
			return false
		}
	}
	return true
}

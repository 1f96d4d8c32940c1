package bitmap

import "sync/atomic"

// SetRange puts the IDs of [min, max) into the set and returns how many were
// not there. It is atomic per word, not as a whole. Secure the memory first
// with ReserveRange where the backing may refuse.
func (b *Bitmap) SetRange(min, max uint64) uint64 {
	max = clamp(max)
	var changed uint64
	for id := min; id < max; id = id&^63 + wordIDs {
		r, w := b.home(id)
		changed += uint64(r.put(w, id>>6, clip(id>>6, min, max)))
	}
	return changed
}

// put sets the bits of mask in the word wi and returns how many it changed.
func (r *root) put(w *atomic.Uint64, wi, mask uint64) int {
	for {
		old := w.Load()
		if old&mask == mask {
			return 0
		}
		yield()
		if r.swap(w, wi, old, old|mask) {
			n := popcount(mask &^ old)
			r.add(wi, n)
			return n
		}
	}
}

// ClearRange takes the IDs of [min, max) out of the set and returns how many
// were there. It touches only allocated memory and is atomic per word.
func (b *Bitmap) ClearRange(min, max uint64) uint64 {
	r := b.root.Load()
	if r == nil {
		return 0
	}
	var changed uint64
	r.spans(min, clamp(max), func(wi uint64, words []atomic.Uint64) bool {
		for i := range words {
			k := wi + uint64(i)
			changed += uint64(r.drop(&words[i], k, clip(k, min, max)))
		}
		return true
	})
	return changed
}

// drop clears the bits of mask in the word wi and returns how many it changed.
func (r *root) drop(w *atomic.Uint64, wi, mask uint64) int {
	for {
		old := w.Load()
		if old&mask == 0 {
			return 0
		}
		yield()
		if r.swap(w, wi, old, old&^mask) {
			n := popcount(old & mask)
			r.add(wi, -n)
			r.freed(wi)
			return n
		}
	}
}

// CountRange returns how many IDs of [min, max) are in the set. It costs what
// is allocated there; an ID that changes meanwhile is counted or not.
func (b *Bitmap) CountRange(min, max uint64) uint64 {
	r := b.root.Load()
	if r == nil {
		return 0
	}
	max = clamp(max)
	if min == 0 && max == Limit {
		return r.count()
	}
	var n int
	r.spans(min, max, func(wi uint64, words []atomic.Uint64) bool {
		last := len(words) - 1
		if last == 0 {
			n += popcount(words[0].Load() & clip(wi, min, max))
			return true
		}
		n += popcount(words[0].Load() & clip(wi, min, max))
		for i := 1; i < last; i++ {
			n += popcount(words[i].Load())
		}
		n += popcount(words[last].Load() & clip(wi+uint64(last), min, max))
		return true
	})
	return uint64(n)
}

// spans calls visit with the allocated words that hold IDs of [min, max), in
// ascending order, as long as it returns true. wi is the index of words[0].
// Only nodes that exist are walked: an empty range of 2^48 IDs costs nothing.
func (r *root) spans(min, max uint64, visit func(wi uint64, words []atomic.Uint64) bool) {
	if min >= max {
		return
	}
	first, last := min>>6, (max-1)>>6
	cut := func(wi uint64, words []atomic.Uint64) bool {
		end := wi + uint64(len(words)) - 1
		if end < first || wi > last {
			return true
		}
		if end > last {
			words = words[:last-wi+1]
		}
		if wi < first {
			words = words[first-wi:]
			wi = first
		}
		return visit(wi, words)
	}
	if g := r.head.Load(); g != nil && !cut(0, g[:]) {
		return
	}
	if c := r.low.Load(); c != nil {
		for i := uint64(1); i < fanOut; i++ {
			if g := c.low[i].Load(); g != nil && !cut(i*groupWords, g[:]) {
				return
			}
		}
	}
	for h := range treeCount {
		if n := r.trees[h].Load(); n != nil && !n.spans(h, 0, first, last, cut) {
			return
		}
	}
}

func (n *node) spans(level int, prefix, first, last uint64, visit func(uint64, []atomic.Uint64) bool) bool {
	shift := 12 + 6*level // log2 of the words under one child
	for k := range uint64(fanOut) {
		child := prefix<<6 | k
		start := child << shift
		if start > last || start+1<<shift <= first {
			continue
		}
		if level == 0 {
			if ws := n.words[k].Load(); ws != nil && !visit(start, ws[:]) {
				return false
			}
		} else if kid := n.kids[k].Load(); kid != nil && !kid.spans(level-1, child, first, last, visit) {
			return false
		}
	}
	return true
}

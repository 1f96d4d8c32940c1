package bitmap

import "math/bits"

// PrevSet returns the last ID in [min, from] that is in the set. An ID that is
// there all through the call is not passed over.
func (b *Bitmap) PrevSet(min, from uint64) (id uint64, ok bool) { return b.prev(empties, min, from) }

// PrevClear is PrevSet for IDs that are not in the set.
func (b *Bitmap) PrevClear(min, from uint64) (id uint64, ok bool) { return b.prev(fulls, min, from) }

func (b *Bitmap) prev(pol polarity, min, from uint64) (id uint64, ok bool) {
	r := b.root.Load()
	if r == nil {
		r = &none
	}
	if from = minID(from, MaxID); min > from {
		return 0, false
	}
	var s suspects
	s.collectCalm(r)
	return r.prev(pol, min, from, &s)
}

// prev is next backwards: the structures from the largest IDs to the smallest, in
// each the children from the one of from down.
func (r *root) prev(pol polarity, min, from uint64, s *suspects) (uint64, bool) {
	for h := treeCount - 1; h >= 0; h-- {
		start := uint64(chunkIDs) << (6 * h)
		if from < start {
			continue
		}
		if n := r.trees[h].Load(); n != nil {
			if id, ok := n.prev(pol, h, 0, maxID(min, start), from, s); ok {
				return id, true
			}
		} else if pol == fulls {
			return from, true
		}
		from = start - 1
		if from < min {
			return 0, false
		}
	}
	if from >= groupIDs {
		if c := r.low.Load(); c != nil {
			if id, ok := c.prev(pol, 0, maxID(min, groupIDs), from, s); ok {
				return id, true
			}
		} else if pol == fulls {
			return from, true
		}
		from = groupIDs - 1
	}
	switch g := r.head.Load(); {
	case min > from:
	case g != nil:
		return g.prev(pol, 0, min, from, full)
	case pol == fulls:
		return from, true
	}
	return 0, false
}

// upTo has the bits of a word up to and including position k.
func upTo(k uint64) uint64 { return full >> (63 - k) }

// childAt is the index of the child in which from lies, of a structure whose
// children hold 2^shift IDs each and which begins at base; the last one when
// from lies beyond.
func childAt(from, base uint64, shift int) uint64 {
	return minID((from-base)>>shift, fanOut-1)
}

func (n *node) prev(pol polarity, level int, prefix, min, from uint64, s *suspects) (uint64, bool) {
	shift := 18 + 6*level
	base := prefix << (shift + 6)
	look := (^n.skip[pol].Load() | s.under(2+level, prefix)) & upTo(childAt(from, base, shift))
	for look != 0 {
		k := uint64(63 - bits.LeadingZeros64(look))
		look &^= 1 << k
		end := base + (k+1)<<shift - 1
		if end < min {
			break
		}
		last := minID(from, end)
		if level > 0 {
			if kid := n.kids[k].Load(); kid != nil {
				if id, ok := kid.prev(pol, level-1, prefix<<6|k, min, last, s); ok {
					return id, true
				}
				continue
			}
		} else if c := n.chunks[k].Load(); c != nil {
			if id, ok := c.prev(pol, prefix<<6|k, min, last, s); ok {
				return id, true
			}
			continue
		}
		if pol == fulls { // without memory
			return last, true
		}
	}
	return 0, false
}

func (c *chunk) prev(pol polarity, ci, min, from uint64, s *suspects) (uint64, bool) {
	base := ci * chunkIDs
	look := (^c.skip[pol].groups.Load() | s.under(1, ci)) & upTo(childAt(from, base, 12))
	for look != 0 {
		k := uint64(63 - bits.LeadingZeros64(look))
		look &^= 1 << k
		end := base + (k+1)*groupIDs - 1
		if end < min {
			break
		}
		last := minID(from, end)
		if g := c.group(k); g != nil {
			in := ^c.skip[pol].words[k].Load() | s.under(0, ci*fanOut+k)
			if id, ok := g.prev(pol, ci*fanOut+k, min, last, in); ok {
				return id, true
			}
		} else if pol == fulls {
			return last, true
		}
	}
	return 0, false
}

// prev searches the words of in, of the group with index gi.
func (g *group) prev(pol polarity, gi, min, from, in uint64) (uint64, bool) {
	base := gi * groupWords
	in &= upTo(from>>6 - base)
	for in != 0 {
		k := uint64(63 - bits.LeadingZeros64(in))
		in &^= 1 << k
		wi := base + k
		if wi < min>>6 {
			break
		}
		if v := pol.wanted(g[k].Load()) & clip(wi, min, from+1); v != 0 {
			return wi<<6 + uint64(63-bits.LeadingZeros64(v)), true
		}
	}
	return 0, false
}

package bitmap

import "math/bits"

// span is a piece of one group for a bulk change: its words lo to hi-1, of
// which the first and the last may be concerned in part.
type span struct {
	words    *group
	base     uint64 // index of words[0]
	lo, hi   uint64
	from, to uint64 // the IDs concerned
}

func (s *span) mask(k uint64) uint64 { return clip(s.base+k, s.from, s.to) }

// change sets (or clears) up to n IDs of s, ascending, word by word, and
// returns how many it changed; the changed bits go to out[word] unless out is
// nil. It announces once for the whole group and brings the summaries up to
// date once, where single changes would do so for each word.
func (r *root) change(s *span, set bool, n int, out *[groupWords]uint64) int {
	if s.base == 0 { // the head has no summaries
		changed, _, _ := s.sweep(set, n, out)
		r.account(s.base, changed, set)
		return changed
	}
	x := r.wide.Load()
	ticket := x.announce(s.base, wholeGroup) // before any word changes (B4)
	changed, revived, exhausted := s.sweep(set, n, out)
	if revived|exhausted != 0 {
		p := r.pathTo(&s.words[0], s.base)
		left, reached := fulls, empties
		if set {
			left, reached = empties, fulls
		}
		p.revealWords(left, revived)
		p.exhaustWords(reached, s.words, exhausted)
	}
	x.release(ticket)
	r.account(s.base, changed, set)
	return changed
}

func (r *root) account(wi uint64, changed int, set bool) {
	switch {
	case changed == 0:
	case set:
		r.add(wi, changed)
	default:
		r.add(wi, -changed)
		r.freed(wi)
	}
}

// sweep makes the changes. revived are the words that were exhausted for the
// finders of what this change makes more of, exhausted those that became so
// for the finders of what it takes away.
func (s *span) sweep(set bool, n int, out *[groupWords]uint64) (changed int, revived, exhausted uint64) {
	var inv, empty uint64 // a clear is a set of the inverted word
	if !set {
		inv = full
	}
	for k := s.lo; k < s.hi && changed < n; k++ {
		w := &s.words[k]
		mask := s.mask(k)
		for {
			old := w.Load()
			take := mask &^ (old ^ inv)
			if take == 0 {
				break
			}
			if left := n - changed; left < wordIDs {
				take = lowest(take, left)
			}
			new := old ^ take
			yield()
			if !w.CompareAndSwap(old, new) {
				continue
			}
			if old^inv == empty {
				revived |= 1 << k
			}
			if new^inv == full {
				exhausted |= 1 << k
			}
			changed += bits.OnesCount64(take)
			if out != nil {
				out[k] = take
			}
			break
		}
	}
	return changed, revived, exhausted
}

// revealWords is reveal for the words of mask in the path's group.
func (p *path) revealWords(pol polarity, mask uint64) {
	if mask == 0 {
		return
	}
	yield()
	if s := p.skip(pol, 0); s.Load()&mask != 0 {
		s.And(^mask) // B3: hides nothing
	}
	p.reveal(pol, 1)
}

// exhaustWords is exhaust for the words of mask in the path's group.
func (p *path) exhaustWords(pol polarity, words *group, mask uint64) {
	mask = still(words, mask, pol.exhausted())
	if mask == 0 {
		return
	}
	s := p.skip(pol, 0)
	yield()
	s.Or(mask) // B3: the words were exhausted after the announcement
	yield()
	if alive := mask &^ still(words, mask, pol.exhausted()); alive != 0 {
		p.revealWords(pol, alive)
		return
	}
	p.exhaust(pol, 1)
}

// still returns the words of mask that have the value v.
func still(words *group, mask, v uint64) uint64 {
	for m := mask; m != 0; m &= m - 1 {
		k := bits.TrailingZeros64(m)
		if words[k].Load() != v {
			mask &^= 1 << k
		}
	}
	return mask
}

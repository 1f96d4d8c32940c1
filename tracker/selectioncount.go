package tracker

import (
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Count returns how many IDs of r are wanted, within the bound: a part of them if it has
// stopped.
func (s *Selection) Count(r Range) uint64 { return s.count(s.tracker.Clip(r)) }

// memory is about how many IDs Count of everything looks at.
func (s *Selection) memory() (n uint64) {
	c := s.conditions()
	least := uint64(bitmap.Limit)
	for _, one := range c.all[:c.n] {
		n += one.bits.Capacity()
		if !one.out && one.lack == nil {
			least = min(least, one.bits.Capacity())
		}
	}
	return min(n, least)
}

// count returns how many IDs of r are wanted.
func (s *Selection) count(r Range) uint64 {
	if s.plain() {
		var n uint64
		switch s.filter {
		case Set:
			n = s.tracker.countBits(r)
		case Unset:
			n = r.Len() - min(s.tracker.countBits(r), r.Len()) // beside changes a count may be too large
		default:
			n = r.Len()
		}
		if s.plain() {
			return n
		}
	}
	if s.mask.only == nil && s.filter != Set {
		return s.countGaps(r)
	}
	var n uint64
	for from := r.Min; ; {
		wi, word, ok := s.next(from, r.Max)
		if !ok {
			return n
		}
		n += uint64(bits.OnesCount64(word))
		from = (wi + 1) << 6
	}
}

// countBits is the count of the bits of r: all that exist or are in flight.
func (t *Tracker) countBits(r Range) uint64 {
	if t.isAll(r) {
		return t.bits.Count()
	}
	return t.bits.CountRange(r.Min, r.Max)
}

// countGaps is count where all conditions are that an ID is not in a bitmap, as all
// are where there is no memory: what lies between the words that have anything is
// counted without a look at it.
func (s *Selection) countGaps(r Range) (n uint64) {
	c := s.conditions()
	for at := r.Min; at < r.Max && s.goesOn(at); {
		gap := r.Max
		for _, one := range c.all[:c.n] {
			if wi, _, ok := one.bits.NextSetWord(at, gap); ok {
				gap = max(at, wi<<6)
			}
		}
		if n += gap - at; gap < r.Max {
			n += uint64(bits.OnesCount64(s.word(gap>>6) & bitmap.Clip(gap>>6, gap, r.Max)))
		}
		at = (gap>>6 + 1) << 6
	}
	return n
}

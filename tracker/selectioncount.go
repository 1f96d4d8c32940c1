package tracker

import (
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Count returns how many IDs of r are wanted, within the bound: of those before At if it
// has stopped. It costs O(1) if r has all IDs within the bound and there is no mask.
func (s *Selection) Count(r Range) uint64 {
	s.begin()
	r = s.tracker.Clip(r)
	r.Min = min(r.Min, r.Max)
	switch {
	case !s.mask.isZero():
		return s.countMasked(r)
	case s.turn > 0 && r.Len() > pieceLength && !s.tracker.isAll(r):
		return s.countTurn(r)
	case s.filter == Set:
		return s.tracker.countExisting(r)
	case s.filter == Held:
		return s.tracker.countBits(r)
	case s.filter == Unset:
		return r.Len() - min(s.tracker.countBits(r), r.Len()) // beside changes a count may be too large
	}
	if f := s.tracker.flight(); f != nil {
		return r.Len() - f.bits.CountRange(r.Min, r.Max)
	}
	return r.Len()
}

// countTurn is Count of what one turn is enough for, without a mask.
func (s *Selection) countTurn(r Range) uint64 {
	all := s.tracker.Select(s.filter, Mask{})
	for piece := range s.tracker.Pieces(r) {
		if s.stopped = piece.Max < r.Max; s.stopped {
			s.at, r.Max = piece.Max, piece.Max
		}
		break
	}
	return all.Count(r)
}

// countBits is the count of the bits of r: of IDs that exist and of such in flight.
func (t *Tracker) countBits(r Range) uint64 {
	if t.isAll(r) {
		return t.bits.Count()
	}
	return t.bits.CountRange(r.Min, r.Max)
}

func (t *Tracker) countExisting(r Range) uint64 {
	if t.flight() == nil {
		if n := t.countBits(r); t.flight() == nil {
			return n
		}
	}
	if t.isAll(r) {
		return t.Count()
	}
	var n [1]uint64
	t.countCells(bitmap.Cells{Size: bitmap.Limit, Counts: n[:]}, nil, r)
	return n[0]
}

// countMasked is Count under a mask.
func (s *Selection) countMasked(r Range) (n uint64) {
	if s.mask.only == nil && s.filter != Set && s.filter != Held {
		return s.countGaps(r)
	}
	w := s.walk()
	for from := r.Min; ; {
		wi, word, ok := w.next(s, from, r.Max)
		if !ok {
			return n
		}
		n += uint64(bits.OnesCount64(word))
		from = (wi + 1) << 6
	}
}

// countGaps is countMasked where every condition is that an ID is not in a bitmap, as
// all are where there is no memory: what lies between the words that have anything is
// counted without a look at it.
func (s *Selection) countGaps(r Range) (n uint64) {
	w := s.walk()
	for at := r.Min; at < r.Max && s.goesOn(); {
		gap := r.Max
		for _, c := range w.conditions[:w.n] {
			if wi, _, ok := c.of.NextSetWord(at, gap); ok {
				gap = max(at, wi<<6)
			}
		}
		if n += gap - at; gap < r.Max {
			n += uint64(bits.OnesCount64(s.word(gap>>6) & bitmap.Clip(gap>>6, gap, r.Max)))
		}
		at = (gap>>6 + 1) << 6
		s.at = min(at, r.Max)
	}
	return n
}

// LongCount tells whether Count of r takes long.
func (s *Selection) LongCount(r Range) bool {
	r = s.tracker.Clip(r)
	if s.mask.isZero() {
		return !s.tracker.isAll(r) && s.tracker.LongMap(r)
	}
	return r.Len() > fewWords*64 && s.memory() > fewReads/16
}

// memory is about how many IDs a Count of all looks at under a mask.
func (s *Selection) memory() (n uint64) {
	w := s.walk()
	least := uint64(bitmap.Limit)
	for _, c := range w.conditions[:w.n] {
		if n += c.of.Capacity(); c.set {
			least = min(least, c.of.Capacity())
		}
	}
	return min(n, least)
}

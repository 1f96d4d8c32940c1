package tracker

import (
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// First returns the smallest ID of r that exists (with [Set]) or does not (with
// [Unset]) within the bound.
func (t *Tracker) First(filter Filter, r Range) (id uint64, ok bool) {
	s := t.Select(filter, Mask{})
	return s.First(r)
}

// First returns the smallest ID of r, within the bound, that is wanted.
func (s *Selection) First(r Range) (id uint64, ok bool) {
	r = s.tracker.Clip(r)
	return s.first(r.Min, r.Max)
}

// Last returns the largest ID that exists.
func (t *Tracker) Last() (id uint64, ok bool) { return t.last(Everything) }

// last returns the largest ID of r that exists; r is not empty.
func (t *Tracker) last(r Range) (id uint64, ok bool) {
	from := r.Max - 1
	for {
		id, ok = t.bits.PrevSet(r.Min, from)
		f := t.flight() // after the look, as ever
		if !ok || f == nil {
			return id, ok
		}
		wi := id >> 6
		if word := t.existing(wi) & bitmap.Clip(wi, r.Min, id+1); word != 0 {
			return wi<<6 + uint64(63-bits.LeadingZeros64(word)), true
		}
		if wi <= r.Min>>6 {
			return 0, false
		}
		// A word that is all in flight is one of many, perhaps.
		if from, ok = f.bits.PrevClear(r.Min, wi<<6-1); !ok {
			return 0, false
		}
	}
}

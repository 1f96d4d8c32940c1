package bitmap

import (
	"iter"
	"math/bits"
)

// Iter visits the IDs of a range that are in the set (or are not), ascending.
// It reads a word at a time: an ID that stays in its state during the whole
// pass is visited once, or not at all; one that changes may be. An Iter is for
// one goroutine; any number of them may run beside each other and beside
// changes.
type Iter struct {
	b    *Bitmap
	pol  polarity
	base uint64 // first ID of the current word
	bits uint64 // what is left of it
	next uint64 // where to go on
	max  uint64
}

// IterSet returns an Iter over the IDs of [min, max) that are in the set.
func (b *Bitmap) IterSet(min, max uint64) Iter {
	return Iter{b: b, pol: empties, next: min, max: clamp(max)}
}

// IterClear returns an Iter over the IDs of [min, max) that are not in the set.
func (b *Bitmap) IterClear(min, max uint64) Iter {
	return Iter{b: b, pol: fulls, next: min, max: clamp(max)}
}

// IterAll returns an Iter over all IDs of [min, max), in the set or not.
func (b *Bitmap) IterAll(min, max uint64) Iter {
	return Iter{b: b, pol: everything, next: min, max: clamp(max)}
}

// Next returns the next ID; ok is false at the end, from then on for good.
func (it *Iter) Next() (id uint64, ok bool) {
	w := it.bits
	if w == 0 {
		return it.nextWord()
	}
	it.bits = w & (w - 1)
	return it.base + uint64(bits.TrailingZeros64(w)), true
}

// nextWord is Next at the end of a word.
func (it *Iter) nextWord() (id uint64, ok bool) {
	if it.next >= it.max {
		return 0, false
	}
	if it.pol == everything {
		wi := it.next >> 6
		w := clip(wi, it.next, it.max)
		it.base, it.bits, it.next = wi<<6, w&(w-1), (wi+1)<<6
		return it.base + uint64(bits.TrailingZeros64(w)), true
	}
	r := it.b.root.Load()
	if r == nil {
		r = &none
	}
	f, ok := r.nextExact(it.pol, it.next, it.max)
	if !ok {
		it.next = it.max
		return 0, false
	}
	it.base, it.bits, it.next = f.wi<<6, f.bits&(f.bits-1), (f.wi+1)<<6
	return f.id(), true
}

// Position returns the smallest ID that Next may still return; the range's end
// when there is none.
func (it *Iter) Position() uint64 {
	if it.bits != 0 {
		return it.base + uint64(bits.TrailingZeros64(it.bits))
	}
	return minID(it.next, it.max)
}

// All returns the IDs from here to the end.
func (it *Iter) All() iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for {
			for it.bits != 0 {
				id := it.base + uint64(bits.TrailingZeros64(it.bits))
				it.bits &= it.bits - 1
				if !yield(id) {
					return
				}
			}
			id, ok := it.nextWord()
			if !ok || !yield(id) {
				return
			}
		}
	}
}

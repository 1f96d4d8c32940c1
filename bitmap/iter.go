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
	id, end uint64 // the run of IDs at hand
	bits    uint64 // what is behind it in the current word
	next    uint64 // first ID of what comes behind the current word
	max     uint64
	b       *Bitmap
	pol     polarity
	// words finds the next word with wanted IDs; nil for those of b.
	words func(from, max uint64) (wi, bits uint64, ok bool)
}

// IterWords returns an Iter over the IDs of [min, max) that next finds: it returns
// the first word that has any of [from, max), its index, and their bits.
func IterWords(next func(from, max uint64) (wi, bits uint64, ok bool), min, max uint64) Iter {
	return Iter{words: next, next: min, max: clamp(max)}
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

// Next returns the next ID; ok is false, and id means nothing, at the end, from
// then on for good. (It is written to be inlined.)
func (it *Iter) Next() (id uint64, ok bool) {
	ok = it.id != it.end || it.nextRun()
	id = it.id
	it.id++
	return id, ok
}

// nextRun makes the next run of IDs the one at hand.
func (it *Iter) nextRun() bool {
	if it.bits == 0 && !it.nextWord() {
		it.id, it.end = ^uint64(0), 0 // Next's increment makes them equal
		return false
	}
	start := bits.TrailingZeros64(it.bits)
	n := bits.TrailingZeros64(^(it.bits >> start))
	it.id = it.next - wordIDs + uint64(start) // of the current word
	it.end = it.id + uint64(n)
	it.bits &^= full >> (64 - n) << start
	return true
}

// nextWord goes to the next word that has wanted IDs.
func (it *Iter) nextWord() bool {
	if it.next >= it.max {
		return false
	}
	if it.pol == everything {
		wi := it.next >> 6
		it.bits, it.next = clip(wi, it.next, it.max), (wi+1)<<6
		return true
	}
	var wi uint64
	var ok bool
	if it.words != nil {
		wi, it.bits, ok = it.words(it.next, it.max)
	} else {
		wi, it.bits, ok = it.b.nextWord(it.pol, it.next, it.max)
	}
	if !ok {
		it.bits, it.next = 0, it.max
		return false
	}
	it.next = (wi + 1) << 6
	return true
}

// Position returns the smallest ID that Next may still return; the range's end
// when there is none.
func (it *Iter) Position() uint64 {
	switch {
	case it.id != it.end:
		return it.id
	case it.bits != 0:
		return it.next - wordIDs + uint64(bits.TrailingZeros64(it.bits))
	default:
		return minID(it.next, it.max)
	}
}

// All returns the IDs from here to the end.
func (it *Iter) All() iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for id, ok := it.Next(); ok && yield(id); id, ok = it.Next() {
		}
	}
}

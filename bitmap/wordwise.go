package bitmap

import "sync/atomic"

// What follows is for who decides by more than one Bitmap which IDs he wants: he
// finds words that may have some, and then claims or takes those he wants of a
// word at once.

// NextSetWord returns the first word that has IDs of [from, max) which are in the
// set: its index, and the bits of these IDs. An ID that is in the set all through
// the call is not passed over.
func (b *Bitmap) NextSetWord(from, max uint64) (wi, bits uint64, ok bool) {
	return b.nextWord(empties, from, max)
}

// NextClearWord is NextSetWord for IDs that are not in the set.
func (b *Bitmap) NextClearWord(from, max uint64) (wi, bits uint64, ok bool) {
	return b.nextWord(fulls, from, max)
}

func (b *Bitmap) nextWord(pol polarity, from, max uint64) (wi, bits uint64, ok bool) {
	r := b.root.Load()
	if r == nil {
		r = &none
	}
	f, ok := r.nextExact(pol, from, clamp(max))
	return f.wi, f.bits, ok
}

// ClaimWord puts those IDs of the word wi into the set whose bits are in mask, and
// returns the bits of those that were not there before: all in one step. An error
// is that of the backing, which had no memory for the word; nothing has changed.
func (b *Bitmap) ClaimWord(wi, mask uint64) (got uint64, err error) {
	for mask != 0 && wi < Words {
		r := b.generation()
		w := r.word(wi)
		if w == nil {
			if w, err = b.grow(r, wi, false); err != nil {
				return 0, err
			}
			if w == nil { // a ClearAll came between
				continue
			}
		}
		return r.handOut(w, wi, mask, wordIDs, true), nil
	}
	return 0, nil
}

// TakeWord takes those IDs of the word wi out of the set whose bits are in mask,
// and returns the bits of those that were there before: all in one step.
func (b *Bitmap) TakeWord(wi, mask uint64) (got uint64) {
	if r := b.root.Load(); r != nil && wi < Words {
		if w := r.word(wi); w != nil {
			return r.handOut(w, wi, mask, wordIDs, false)
		}
	}
	return 0
}

// handOut claims (or takes) the n lowest of those IDs under mask, in the word w
// with index wi, that are there to be claimed (or taken), and returns their bits.
func (r *root) handOut(w *atomic.Uint64, wi, mask uint64, n int, claim bool) uint64 {
	for {
		old := w.Load()
		offer := old
		if claim {
			offer = ^old
		}
		take := lowest(offer&mask, n)
		if take == 0 {
			return 0
		}
		yield()
		if r.swap(w, wi, old, old^take) { // claims or frees all bits of take
			r.account(wi, popcount(take), claim)
			return take
		}
	}
}

// TestEach reports which of ids, 64 at most, are in the set: bit i is that of ids[i].
// It waits for the memory of all of them at once.
func (b *Bitmap) TestEach(ids []uint64) (is uint64) {
	r := b.root.Load()
	if r == nil {
		return 0
	}
	var words [wordIDs]*atomic.Uint64
	for i, id := range ids[:min(len(ids), wordIDs)] {
		if words[i] = r.word(id >> 6); words[i] == nil {
			words[i] = &noWord
		}
	}
	for i, id := range ids[:min(len(ids), wordIDs)] {
		is |= words[i].Load() >> (id & 63) & 1 << i
	}
	return is
}

// noWord is where there is no memory. It is only read.
var noWord atomic.Uint64

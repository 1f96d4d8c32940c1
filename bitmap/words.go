package bitmap

import "sync/atomic"

// What follows is for who keeps the words of a Bitmap elsewhere, and puts them
// back into another one. The word with index wi has the IDs from wi*64 on.

// Words is the number of words that a Bitmap has, from index 0 on.
const Words = Limit / wordIDs

// Word returns the word with index wi as it is; what has no memory is 0.
func (b *Bitmap) Word(wi uint64) uint64 {
	if r := b.root.Load(); r != nil {
		if w := r.word(wi); w != nil {
			return w.Load()
		}
	}
	return 0
}

// Piece returns the words that lie in one piece of memory with the word wi, and the
// index of the first of them; none where there is no memory. They are to be read only, by
// who reads many of them in a row: after a ClearAll they are those of before it.
func (b *Bitmap) Piece(wi uint64) (first uint64, words []atomic.Uint64) {
	if r := b.root.Load(); r != nil && r.word(wi) != nil {
		return r.piece(wi)
	}
	return 0, nil
}

// piece is Piece for a word that has memory.
func (r *root) piece(wi uint64) (first uint64, words []atomic.Uint64) {
	if ci := wi / chunkWords; ci > 0 {
		return ci * chunkWords, r.leaf(ci).words[ci&63].Load()[:]
	}
	return wi &^ (groupWords - 1), r.groupOf(wi)[:]
}

// Spans calls visit with the words that have memory among the n from wi on, in
// ascending order, until it returns false. The words are to be read only, and
// may change meanwhile. What has no memory when it is passed is zero.
func (b *Bitmap) Spans(wi, n uint64, visit func(wi uint64, words []atomic.Uint64) bool) {
	if r := b.root.Load(); r != nil && wi < Words {
		r.spans(wi*wordIDs, (wi+minID(n, Words-wi))*wordIDs, visit)
	}
}

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

// Spans calls visit with the words that have memory among the n from wi on, in
// ascending order, until it returns false. The words are to be read only, and
// may change meanwhile. What has no memory when it is passed is zero.
func (b *Bitmap) Spans(wi, n uint64, visit func(wi uint64, words []atomic.Uint64) bool) {
	if r := b.root.Load(); r != nil && wi < Words {
		r.spans(wi*wordIDs, (wi+minID(n, Words-wi))*wordIDs, visit)
	}
}

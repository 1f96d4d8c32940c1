package tracker

import (
	"sync/atomic"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// source is a tracker whose words are read one after the other. It knows where the last
// one was: mostly the next one is there, too. When the tracker was cleared it reads some words as they were before
// that.
type source struct {
	t     *Tracker
	first uint64 // the index of words[0]
	words []atomic.Uint64
}

// bits has the bits of the word wi.
func (s *source) bits(wi uint64) uint64 {
	if wi-s.first >= uint64(len(s.words)) {
		if s.first, s.words = s.t.bits.Piece(wi); s.words == nil {
			return 0
		}
	}
	return s.words[wi-s.first].Load()
}

// word has the bits of those IDs of the word wi that exist.
func (s *source) word(wi uint64) uint64 {
	word := s.bits(wi)
	if word != 0 && s.t.flight() != nil { // after the word, see existing
		return s.t.existing(wi)
	}
	return word
}

// next returns the first word from wi on in which IDs may exist; bitmap.Words if there
// is none.
func (s *source) next(wi uint64) uint64 {
	if wi >= bitmap.Words || s.bits(wi) != 0 {
		return min(wi, bitmap.Words)
	}
	if next, _, ok := s.t.bits.NextSetWord(wi<<6, bitmap.Limit); ok {
		return next
	}
	return bitmap.Words
}

// nextLacking returns the first word from wi on in which IDs may be missing;
// bitmap.Words if there is none. What is in flight is missing, and set.
func (s *source) nextLacking(wi uint64) uint64 {
	if wi >= bitmap.Words || s.bits(wi) != ^uint64(0) {
		return min(wi, bitmap.Words)
	}
	next, _, ok := s.t.bits.NextClearWord(wi<<6, bitmap.Limit)
	switch {
	case s.t.flight() != nil: // after the look at the bits
		return wi
	case ok:
		return next
	}
	return bitmap.Words
}

// nextFree is nextLacking within the bound.
func (s *source) nextFree(wi uint64) uint64 {
	if wi = s.nextLacking(wi); wi<<6 < s.t.maxID {
		return wi
	}
	return bitmap.Words
}

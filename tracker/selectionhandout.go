package tracker

import (
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// handOut has move change the state of up to n IDs of r that are wanted, of those of its
// mask that nobody else has changed before, and appends these to dst. It appends fewer
// than n if no further ID was wanted all through the last part of the call, or if it has
// stopped. An error of move is returned if nothing was handed out.
//
// The mask is looked at right before a word's IDs are handed out, and by that step alone
// their state is decided. So an ID that goes to the caller was not passed over by the
// mask at some moment of the call, and was in the wanted state when it was handed out.
// Who protects IDs by a mask, and has the reply, will not see one handed out by a call
// that begins later; one that was under way may still do so.
func (s *Selection) handOut(dst []Run, r Range, n int, move func(wi, mask uint64) (got uint64, err error)) ([]Run, error) {
	err := s.give(r, n, func(wi, word uint64, n int) (int, uint64, error) {
		got, err := move(wi, bitmap.Lowest(word&s.mask.word(wi), n))
		dst = bitmap.AppendWord(dst, wi, got)
		return bits.OnesCount64(got), wi << 6, err // others may have been faster
	})
	return dst, err
}

// give has hand give away wanted IDs until there are n: those of the word wi, of which it
// had those of word, or from there on. hand returns how many it has given, and where to go
// on. Its error ends it, and is returned if nothing was given.
func (s *Selection) give(r Range, n int, hand func(wi, word uint64, n int) (got int, next uint64, err error)) error {
	from := s.begins(r)
	left, err := s.giveFrom(r, from, n, hand)
	if left > 0 && from > r.Min && err == nil && !s.stopped {
		left, err = s.giveFrom(Range{r.Min, from}, r.Min, left, hand)
	}
	if left < n {
		return nil
	}
	return err
}

func (s *Selection) giveFrom(r Range, from uint64, n int, hand func(wi, word uint64, n int) (got int, next uint64, err error)) (left int, err error) {
	at, looks, vain := from, s.walked, 0
	for w := s.walk(); n > 0 && err == nil; {
		wi, word, ok := w.next(s, at, r.Max)
		if !ok {
			at = s.at
			break
		}
		if vain == 0 {
			vain = s.walked - looks
		}
		var got int
		var next uint64
		got, next, err = hand(wi, word, n)
		n, at = n-got, max(at, next)
	}
	s.cameTo(r, from, at, vain, s.walked-looks)
	return n, err
}

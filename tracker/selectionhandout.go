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
func (s *Selection) handOut(dst []Run, r Range, n int, move func(wi, mask uint64) (got uint64, err error)) (runs []Run, err error) {
	from := s.begins(r)
	dst, n, err = s.handOutFrom(dst, r, from, n, move)
	if n > 0 && from > r.Min && err == nil && !s.stopped {
		dst, n, err = s.handOutFrom(dst, Range{r.Min, from}, r.Min, n, move)
	}
	return dst, err
}

// handOutFrom is handOut from the ID from on. left is how many of n are left to be had.
func (s *Selection) handOutFrom(dst []Run, r Range, from uint64, n int, move func(wi, mask uint64) (got uint64, err error)) (runs []Run, left int, err error) {
	had, began, at, looks, vain := Total(dst), from, from, s.walked, 0
	w := s.walk()
	for n > 0 {
		wi, word, ok := w.next(at, r.Max)
		if !ok {
			at = s.at
			break
		}
		if vain == 0 {
			vain = s.walked - looks
		}
		got, err := move(wi, bitmap.Lowest(word&s.mask.word(wi), n))
		if err != nil {
			if Total(dst) > had {
				err = nil
			}
			return dst, 0, err
		}
		n -= bits.OnesCount64(got)
		dst = bitmap.AppendWord(dst, wi, got)
		at = max(at, wi<<6) // others may have been faster
	}
	s.cameTo(r, began, at, vain, s.walked-looks)
	return dst, n, nil
}

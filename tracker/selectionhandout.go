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
	had := Total(dst)
	for from := r.Min; n > 0; {
		wi, word, ok := s.next(from, r.Max)
		if !ok {
			break
		}
		got, err := move(wi, bitmap.Lowest(word, n))
		switch {
		case err == nil:
		case Total(dst) > had:
			return dst, nil
		default:
			return dst, err
		}
		n -= bits.OnesCount64(got)
		dst = bitmap.AppendWord(dst, wi, got)
		from = max(from, wi<<6) // others may have been faster
	}
	return dst, nil
}

package tracker

import (
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// claim marks up to n IDs of r that s wants, which are free ones, as existing and
// appends them to dst, as [Tracker.ClaimNext] does. Right before the step that claims
// the IDs of a word the mask is looked at.
func (s *Selection) claim(dst []Run, r Range, n int) ([]Run, error) {
	return s.handOut(dst, r, n, s.tracker.bits.ClaimWord)
}

// take marks up to n IDs of r that s wants, which are existing ones, as not existing,
// and appends them to dst, as [Tracker.TakeNext] does. The mask is looked at as in claim.
func (s *Selection) take(dst []Run, r Range, n int) []Run {
	dst, _ = s.handOut(dst, r, n, func(wi, mask uint64) (uint64, error) { return s.tracker.takeWord(wi, mask), nil })
	return dst
}

// handOut has move change the state of wanted IDs, of those of its mask that nobody
// else has changed before, and appends these to dst.
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

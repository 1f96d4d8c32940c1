package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// TakeNext marks up to n existing IDs of r as not existing and appends them to
// dst as runs. Its promises are those of ClaimNext, for existing IDs.
func (t *Tracker) TakeNext(dst []bitmap.Run, r Range, n int) []bitmap.Run {
	r = t.Clip(r)
	return t.bits.AppendTake(dst, r.Min, r.Max, n)
}

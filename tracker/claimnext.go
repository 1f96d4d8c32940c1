package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// ClaimNext marks up to n free IDs of r as existing and appends them to dst as
// runs of consecutive IDs. Each goes to this caller alone. Fewer than n, or
// none, come back when no further ID of r was free all through the call. The
// order is ascending; beside other callers it is some free IDs, low ones
// first. On [ErrOutOfMemory] nothing was claimed.
func (t *Tracker) ClaimNext(dst []bitmap.Run, r Range, n int) ([]bitmap.Run, error) {
	r = t.Clip(r)
	had := bitmap.Total(dst) // runs may join the last one
	dst, err := t.bits.AppendClaim(dst, r.Min, r.Max, n)
	if err != nil {
		return dst, err
	}
	if got := bitmap.Total(dst) - had; got > 0 {
		t.claims.Add(got)
	}
	return dst, nil
}

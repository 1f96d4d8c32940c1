package tracker

// ClaimNext marks up to n free IDs of r as existing and appends them to dst as
// runs of consecutive IDs. Each goes to this caller alone. Fewer than n, or
// none, come back when no further ID of r was free all through the call. The
// order is ascending; beside other callers it is some free IDs, low ones
// first. On [ErrOutOfMemory] nothing was claimed.
func (t *Tracker) ClaimNext(dst []Run, r Range, n int) ([]Run, error) {
	dst, _, err := t.claimNext(dst, r, n)
	return dst, err
}

func (t *Tracker) claimNext(dst []Run, r Range, n int) (runs []Run, claimed uint64, err error) {
	r = t.Clip(r)
	had := Total(dst) // runs may join the last one
	dst, err = t.bits.AppendClaim(dst, r.Min, r.Max, n)
	claimed = Total(dst) - had
	t.countClaimed(claimed)
	return dst, claimed, err
}

// countClaimed counts n IDs that one call has claimed.
func (t *Tracker) countClaimed(n uint64) {
	if n > 0 {
		t.claims.Add(n)
	}
}

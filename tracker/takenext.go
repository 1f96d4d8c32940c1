package tracker

// TakeNext marks up to n existing IDs of r as not existing and appends them to
// dst as runs. Its promises are those of ClaimNext, for existing IDs.
func (t *Tracker) TakeNext(dst []Run, r Range, n int) []Run {
	dst, _ = t.takeNext(dst, r, n)
	return dst
}

func (t *Tracker) takeNext(dst []Run, r Range, n int) (runs []Run, taken uint64) {
	r = t.Clip(r)
	had := Total(dst)
	dst = t.takeFirst(dst, r, n)
	taken = Total(dst) - had
	t.countTaken(taken)
	return dst, taken
}

// countTaken counts n IDs that one call has taken.
func (t *Tracker) countTaken(n uint64) {
	if n > 0 {
		t.takes.Add(n)
	}
}

package tracker

// visitsPerPage bounds the work of one page of a random scan: so many
// positions are looked at where fewer than the wanted IDs match.
const visitsPerPage = 16 << 10

// ScanRandom is [Tracker.Scan] in the order that seed fixes: the same IDs, in a
// permutation of r. The cursor is a position in it. A page may be short or
// empty before the end, for its work is bounded; only cursor 0 is the end.
func (t *Tracker) ScanRandom(dst []Run, filter Filter, r Range, seed, cursor uint64, n int) (runs []Run, next uint64, err error) {
	s := t.Select(filter, Mask{})
	return s.ScanRandom(dst, r, seed, cursor, n)
}

// ScanRandom is [Tracker.ScanRandom] for the IDs that s wants.
func (s *Selection) ScanRandom(dst []Run, r Range, seed, cursor uint64, n int) (runs []Run, next uint64, err error) {
	r = s.tracker.Clip(r)
	if cursor != 0 && cursor >= r.Len() {
		return dst, 0, ErrInvalidCursor
	}
	order := NewPermutation(r.Len(), seed)
	end := min(r.Len(), cursor+uint64(max(n, visitsPerPage)))
	for next = cursor; next < end && n > 0; next++ {
		if id := r.Min + order.At(next); s.Has(id) {
			dst = append(dst, Run{Start: id, Len: 1})
			n--
		}
	}
	if next >= r.Len() {
		next = 0
	}
	return dst, next, nil
}

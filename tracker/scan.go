package tracker

// Filter says which IDs an iteration wants.
type Filter uint8

const (
	// All is every ID of the range.
	All Filter = iota
	// Set is the IDs that exist.
	Set
	// Unset is the IDs that do not exist.
	Unset
	// Held is the IDs that are not free: those that exist and those in flight. It is for selections that are
	// read and counted: nothing is drawn, handed out or measured beforehand by it.
	Held
)

// String returns the filter as replies have it.
func (f Filter) String() string {
	return [...]string{All: "all", Set: "set", Unset: "unset", Held: "held"}[f]
}

// Scan appends one page of a pass over r to dst: up to n IDs that match
// filter, ascending, as runs. The pass starts with cursor 0, goes on with the
// cursor returned and ends when that is 0. The cursor is the next position,
// below 2^48: nothing is kept between pages. A cursor that no pass over r
// returns is [ErrInvalidCursor].
//
// An ID that matches all through the pass is returned exactly once, one that
// never matches is not, one that changes may be.
func (t *Tracker) Scan(dst []Run, filter Filter, r Range, cursor uint64, n int) (runs []Run, next uint64, err error) {
	s := t.Select(filter, Mask{})
	return s.Scan(dst, r, cursor, n)
}

// Scan is [Tracker.Scan] for the IDs that s wants. A page is short or empty before the
// end if it has stopped; only cursor 0 is the end.
func (s *Selection) Scan(dst []Run, r Range, cursor uint64, n int) (runs []Run, next uint64, err error) {
	s.begin()
	r, from, err := s.resume(r, cursor)
	if err != nil {
		return dst, 0, err
	}
	dst, next = s.append(dst, from, r.Max, n)
	if next >= r.Max {
		next = 0
	}
	return dst, next, nil
}

// resume returns what there is of r, and where in it a pass goes on.
func (s *Selection) resume(r Range, cursor uint64) (all Range, from uint64, err error) {
	r = s.tracker.Clip(r)
	switch {
	case cursor == 0:
		return r, r.Min, nil
	case cursor <= r.Min || cursor >= r.Max:
		return r, 0, ErrInvalidCursor
	}
	return r, cursor, nil
}

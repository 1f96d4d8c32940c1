package tracker

// First returns the smallest ID of r that exists (with [Set]) or does not (with
// [Unset]) within the bound.
func (t *Tracker) First(filter Filter, r Range) (id uint64, ok bool) {
	s := t.Select(filter, Mask{})
	return s.First(r)
}

// First returns the smallest ID of r, within the bound, that is wanted.
func (s *Selection) First(r Range) (id uint64, ok bool) {
	r = s.tracker.Clip(r)
	return s.first(r.Min, r.Max)
}

// Last returns the largest ID that exists.
func (t *Tracker) Last() (id uint64, ok bool) { return t.bits.PrevSet(0, MaxID) }

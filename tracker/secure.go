package tracker

// Securing memory before the first bit moves: what the budget has no room for
// is refused before any of it is allocated, so a refused operation leaves the
// tracker and the budget as they were. (Operations that race for the last room
// may be refused with a part allocated; no ID has changed then either.) All
// report whether the tracker's memory grew, also beside an error.

// Reserve allocates the memory that adding the IDs of r, clipped to the bound,
// would need. On [ErrOutOfMemory] the budget has no room for it.
func (t *Tracker) Reserve(r Range) error {
	_, err := t.secureRange(r)
	return err
}

func (t *Tracker) secureRange(r Range) (grew bool, err error) {
	r = t.Clip(r)
	if !t.books.fits(int64(t.bits.LackingRange(r.Min, r.Max))) {
		return false, ErrOutOfMemory
	}
	return t.bits.ReserveRange(r.Min, r.Max)
}

// secure allocates the memory that adding ids would need. After it has
// succeeded, no Add of them takes more.
func (t *Tracker) secure(ids []uint64) (grew bool, err error) {
	for i, id := range ids {
		if !t.bits.Allocated(id) && id < t.end() {
			return t.allocate(ids[i:])
		}
	}
	return false, nil // nearly always
}

// secureFirst allocates the memory of the first ID that ClaimNext would hand
// out of r if the tracker has no memory yet.
func (t *Tracker) secureFirst(r Range) (grew bool, err error) {
	if r = t.Clip(r); r.Len() == 0 || t.bits.Capacity() > 0 {
		return false, nil
	}
	return t.secure([]uint64{r.Min})
}

// allocate is secure for ids that lack memory.
func (t *Tracker) allocate(ids []uint64) (grew bool, err error) {
	if !t.books.fits(t.lackingFor(ids)) {
		return false, ErrOutOfMemory
	}
	for _, id := range ids {
		if id >= t.end() {
			continue
		}
		got, err := t.bits.ReserveRange(id, id+1)
		grew = grew || got
		if err != nil {
			return grew, err
		}
	}
	return grew, nil
}

// lackingFor returns an upper bound of the bytes that ids need beyond what is
// allocated: structures that two new chunks would share count for each.
func (t *Tracker) lackingFor(ids []uint64) int64 {
	if t.books == nil || t.books.Limit() == 0 {
		return 0
	}
	var bytes int64
	homes := make(map[uint64]struct{})
	for _, id := range ids {
		if id >= t.end() {
			continue
		}
		home, n := t.bits.Lacking(id)
		if _, counted := homes[home]; n > 0 && !counted {
			homes[home] = struct{}{}
			bytes += n
		}
	}
	return bytes
}

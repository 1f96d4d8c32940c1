package tracker

// deleting is the [kind] of delete iterators, in process and by a token: a
// tracker has one at a time.
type deleting struct{}

// enter implements [kind]. One that has ended and has not left yet makes room.
func (deleting) enter(h *hold) error {
	deleter := &h.tracker.extra().deleter
	for {
		old := deleter.Load()
		if old != nil && !old.over() {
			return ErrDeleterInUse
		}
		if deleter.CompareAndSwap(old, h) {
			return nil
		}
	}
}

// leave implements [kind]. Another may have come in its place.
func (deleting) leave(h *hold) { h.tracker.extra().deleter.CompareAndSwap(h, nil) }

// Deleting reports whether a delete iterator is open.
func (t *Tracker) Deleting() bool {
	x := t.extras.Load()
	if x == nil {
		return false
	}
	h := x.deleter.Load()
	return h != nil && !h.over()
}

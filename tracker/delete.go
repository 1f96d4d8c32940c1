package tracker

import "iter"

// Delete takes the existing IDs of a range, ascending. There is at most one
// per tracker at a time, until its Close.
type Delete struct {
	tracker *Tracker
	rng     Range
	closed  bool
}

// Delete returns the tracker's delete iterator; ok is false while another is
// open. The filter [Unset] is [ErrInvalidFilter].
func (b Builder) Delete() (d *Delete, ok bool, err error) {
	if b.filter == Unset {
		return nil, false, ErrInvalidFilter
	}
	r, err := b.open()
	if err != nil {
		return nil, false, err
	}
	if !b.tracker.deleting.CompareAndSwap(false, true) {
		return nil, false, nil
	}
	return &Delete{tracker: b.tracker, rng: r}, true, nil
}

// Next takes the next ID; ok is false when no ID of the range existed all
// through the call, and after Close.
func (d *Delete) Next() (id uint64, ok bool) {
	if d.closed {
		return 0, false
	}
	return d.tracker.bits.TakeNext(d.rng.Min, d.rng.Max)
}

// Close lets the tracker have another delete iterator. It may be called again.
func (d *Delete) Close() {
	if !d.closed {
		d.closed = true
		d.tracker.deleting.Store(false)
	}
}

// Remaining implements [Iterator].
func (d *Delete) Remaining() uint64 {
	if d.closed {
		return 0
	}
	return d.tracker.countMatching(Set, d.rng)
}

// Exhausted implements [Iterator].
func (d *Delete) Exhausted() bool {
	_, there := d.tracker.bits.NextSet(d.rng.Min, d.rng.Max)
	return d.closed || !there
}

// All implements [Iterator].
func (d *Delete) All() iter.Seq[uint64] { return seq(d.Next) }

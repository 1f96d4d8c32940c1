package tracker

import "iter"

// Delete takes the existing IDs of a range, ascending. There is at most one
// per tracker at a time, until its Close.
type Delete struct {
	hold hold
}

// Delete returns the tracker's delete iterator, or [ErrDeleterInUse] while
// another is open, in this process or by a token (see [Handle.OpenDelete]). The
// filter [Unset] is [ErrInvalidFilter].
func (b Builder) Delete() (*Delete, error) {
	if b.filter == Unset {
		return nil, ErrInvalidFilter
	}
	r, err := b.open()
	if err != nil {
		return nil, err
	}
	d := &Delete{hold{kind: deleting{}, tracker: b.tracker, rng: r}}
	if err := d.hold.kind.enter(&d.hold); err != nil {
		return nil, err
	}
	return d, nil
}

// Next takes the next ID; ok is false when no ID of the range existed all
// through the call, and after Close.
func (d *Delete) Next() (id uint64, ok bool) {
	if d.hold.over() {
		return 0, false
	}
	var one [1]Run
	runs, taken := d.hold.tracker.takeNext(one[:0], d.hold.rng, 1)
	if taken == 0 {
		return 0, false
	}
	return runs[0].Start, true
}

// Close lets the tracker have another delete iterator. It may be called again.
func (d *Delete) Close() { d.hold.end() }

// Remaining implements [Iterator].
func (d *Delete) Remaining() uint64 {
	if d.hold.over() {
		return 0
	}
	return d.hold.tracker.countMatching(Set, d.hold.rng)
}

// Exhausted implements [Iterator].
func (d *Delete) Exhausted() bool {
	_, there := d.hold.tracker.First(Set, d.hold.rng)
	return d.hold.over() || !there
}

// All implements [Iterator].
func (d *Delete) All() iter.Seq[uint64] { return seq(d.Next) }

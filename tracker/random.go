package tracker

import "iter"

// Random visits IDs in a permuted order that seed fixes, in O(1) memory. It
// tests each ID when its turn comes, so a pass over few matching IDs in a large
// range costs the range. An ID that keeps its state during the whole pass is
// visited once or not at all, one that changes may be.
type Random struct {
	tracker *Tracker
	filter  Filter
	rng     Range
	order   Permutation
	next    uint64 // position in order
}

// Random returns an iterator in random order over any filter. The range must
// have an end, for the order depends on it.
func (b Builder) Random(seed uint64) (*Random, error) {
	r, err := b.closed()
	if err != nil {
		return nil, err
	}
	return &Random{tracker: b.tracker, filter: b.filter, rng: r, order: NewPermutation(r.Len(), seed)}, nil
}

// Next implements [Iterator].
func (r *Random) Next() (id uint64, ok bool) {
	for r.next < r.rng.Len() {
		id = r.rng.Min + r.order.At(r.next)
		r.next++
		if r.tracker.matches(r.filter, id) {
			return id, true
		}
	}
	return 0, false
}

// Remaining implements [Iterator]. With a filter it looks at every position
// that is left.
func (r *Random) Remaining() uint64 {
	if r.filter == All {
		return r.rng.Len() - r.next
	}
	var n uint64
	for i := r.next; i < r.rng.Len(); i++ {
		if r.tracker.matches(r.filter, r.rng.Min+r.order.At(i)) {
			n++
		}
	}
	return n
}

// Exhausted implements [Iterator].
func (r *Random) Exhausted() bool {
	for i := r.next; i < r.rng.Len(); i++ {
		if r.tracker.matches(r.filter, r.rng.Min+r.order.At(i)) {
			return false
		}
	}
	return true
}

// All implements [Iterator].
func (r *Random) All() iter.Seq[uint64] { return seq(r.Next) }

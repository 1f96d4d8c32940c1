package tracker

import (
	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Sequential visits IDs in ascending order. An ID that keeps its state during
// the whole pass is visited once or not at all, one that changes may be.
// Instances do not share IDs out: each visits all of them.
//
// Next and All are those of the [bitmap.Iter] inside.
type Sequential struct {
	bitmap.Iter
	tracker *Tracker
	filter  Filter
	max     uint64
}

// Sequential returns an iterator in ascending order. Without an end only
// existing IDs can be visited, else it is [ErrUnbounded].
func (b Builder) Sequential() (*Sequential, error) {
	bounds := b.closed
	if b.filter == Set {
		bounds = b.open
	}
	r, err := bounds()
	if err != nil {
		return nil, err
	}
	return b.tracker.sequential(b.filter, r), nil
}

func (t *Tracker) sequential(filter Filter, r Range) *Sequential {
	return &Sequential{tracker: t, filter: filter, max: r.Max, Iter: t.Select(filter, Mask{}).iter(r)}
}

// Remaining implements [Iterator].
func (s *Sequential) Remaining() uint64 {
	return s.tracker.countMatching(s.filter, Range{s.Position(), s.max})
}

// Exhausted implements [Iterator].
func (s *Sequential) Exhausted() bool {
	ahead := s.Iter
	_, ok := ahead.Next()
	return !ok
}

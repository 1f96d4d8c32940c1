package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// MaxID is the largest ID a tracker can hold, and Limit the first it cannot.
const (
	MaxID = bitmap.MaxID
	Limit = bitmap.Limit
)

// Run is consecutive IDs: Len of them from Start.
type Run = bitmap.Run

// Total returns the number of IDs in runs.
func Total(runs []Run) uint64 { return bitmap.Total(runs) }

// Range is the IDs from Min to Max-1. Min >= Max is empty.
type Range struct{ Min, Max uint64 }

// Everything is the range of all IDs that any tracker can hold.
var Everything = Range{0, Limit}

// Len returns the number of IDs in r.
func (r Range) Len() uint64 {
	if r.Min >= r.Max {
		return 0
	}
	return r.Max - r.Min
}

// Clip returns the part of r within the tracker's bound.
func (t *Tracker) Clip(r Range) Range {
	r.Max = min(r.Max, t.end())
	return r
}

// Bounded returns the range of all IDs of the tracker, or [ErrUnbounded].
func (t *Tracker) Bounded() (Range, error) {
	if t.maxID == 0 {
		return Range{}, ErrUnbounded
	}
	return Range{0, t.maxID}, nil
}

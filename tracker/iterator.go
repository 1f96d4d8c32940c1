package tracker

import (
	"iter"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Iterator is what all iterators over IDs have in common. One is for one
// goroutine; any number may run beside each other and beside changes.
type Iterator interface {
	// Next returns the next ID; ok is false at the end.
	Next() (id uint64, ok bool)
	// Remaining returns how many IDs Next would still return if nothing
	// changed. It may cost a count of the range.
	Remaining() uint64
	// Exhausted reports whether Next has nothing more to return.
	Exhausted() bool
	// All returns the IDs from here to the end.
	All() iter.Seq[uint64]
}

// seq reads next until it says false.
func seq(next func() (uint64, bool)) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for id, ok := next(); ok && yield(id); id, ok = next() {
		}
	}
}

// Builder configures an iterator: the range, by default all IDs up to the
// bound, and the filter, by default [All]. Its methods return a changed copy.
type Builder struct {
	tracker *Tracker
	rng     Range
	given   bool
	filter  Filter
}

// Iter returns a Builder of iterators over t.
func (t *Tracker) Iter() Builder { return Builder{tracker: t, rng: Everything} }

// Min sets the smallest ID.
func (b Builder) Min(id uint64) Builder { b.rng.Min = id; return b }

// Max sets the exclusive upper end.
func (b Builder) Max(id uint64) Builder { b.rng.Max, b.given = id, true; return b }

// Range sets both ends, [min, max).
func (b Builder) Range(min, max uint64) Builder { return b.Min(min).Max(max) }

// SetOnly wants existing IDs only.
func (b Builder) SetOnly() Builder { b.filter = Set; return b }

// UnsetOnly wants IDs that do not exist only.
func (b Builder) UnsetOnly() Builder { b.filter = Unset; return b }

// open returns the range of an iterator that may do without an end.
func (b Builder) open() (Range, error) {
	if b.rng.Min > b.rng.Max {
		return Range{}, ErrInvalidRange
	}
	r := b.tracker.Clip(b.rng)
	r.Min = min(r.Min, r.Max)
	return r, nil
}

// closed returns the range of an iterator that needs an end.
func (b Builder) closed() (Range, error) {
	if !b.given {
		if _, err := b.tracker.Bounded(); err != nil {
			return Range{}, err
		}
	}
	return b.open()
}

// matches reports whether id has the wanted state now.
func (t *Tracker) matches(filter Filter, id uint64) bool {
	s := t.Select(filter, Mask{})
	return s.Has(id)
}

// countMatching returns how many IDs of r have the wanted state now.
func (t *Tracker) countMatching(filter Filter, r Range) uint64 {
	s := t.Select(filter, Mask{})
	return s.Count(r)
}

// iter returns an iterator over the IDs of r that are wanted.
func (s Selection) iter(r Range) bitmap.Iter { return bitmap.IterWords(s.step, r.Min, r.Max) }

// step is next for an iterator.
func (s *Selection) step(from, max uint64) (wi, word uint64, ok bool) {
	if s.Plain() {
		switch s.filter {
		case Set:
			wi, word, ok = s.tracker.bits.NextSetWord(from, max)
		case Unset:
			wi, word, ok = s.tracker.bits.NextClearWord(from, max)
		default:
			wi = from >> 6
			word, ok = bitmap.Clip(wi, from, max), from < max
		}
		if s.Plain() {
			return wi, word, ok
		}
	}
	return s.next(from, max)
}

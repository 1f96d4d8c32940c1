package tracker

import "sync/atomic"

// Scratch is a set of IDs for a while: of no registry, in no log, found by nobody, and charged to
// the registry's budget until it is closed. Its IDs may be a mask of others. All methods are safe
// for concurrent use.
type Scratch struct {
	t        *Tracker
	registry *Registry
	closed   atomic.Bool
}

// NewScratch returns an empty set of IDs below end, 0 for all that there are. Close must be called. An
// error is [ErrOutOfMemory].
func (r *Registry) NewScratch(end uint64) (*Scratch, error) {
	t, err := newTracker("scratch", Config{MaxID: end}, r.budget) // any prefix will do
	if err != nil {
		return nil, err
	}
	if err := t.books.charge(t.footprint(), false); err != nil {
		return nil, err
	}
	return &Scratch{t: t, registry: r}, nil
}

// Add puts ids in and returns how many were not; those at or over the end are not. On
// [ErrOutOfMemory], or [ErrDetached] once it is closed, none is.
func (s *Scratch) Add(ids []uint64) (added int, err error) {
	secured, _, err := s.t.secure(ids)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if s.t.Holds(id) && secured.TestAndSet(id) {
			added++
		}
	}
	return added, nil
}

// Remove takes ids out and returns how many were in.
func (s *Scratch) Remove(ids []uint64) (removed int) { return s.t.RemoveAll(ids) }

// Count returns how many IDs there are.
func (s *Scratch) Count() uint64 { return s.t.Count() }

// Select returns the selection of the IDs that are in and that m does not pass over.
func (s *Scratch) Select(m Mask) Selection { return s.t.Select(Set, m) }

// Mask passes over the IDs that are in s.
func (s *Scratch) Mask() Mask { return Mask{&masking{except: s.t}} }

// Only passes over all but those.
func (s *Scratch) Only() Mask { return Mask{&masking{only: s.t}} }

// Close gives the memory back. It may be called again, and beside any other call: that finds
// the set empty.
func (s *Scratch) Close() {
	if !s.closed.Swap(true) {
		s.registry.release(s.t)
		s.t.empty()
	}
}

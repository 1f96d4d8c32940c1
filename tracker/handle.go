package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// Handle is the tracker of a prefix as a [Caller] works with it, whether it is
// there or not: what adds IDs makes it, with the registry's default settings,
// unless it asks for nothing; all else finds it empty. What an operation changes is told to the Caller's
// Recorder.
//
// What adds IDs secures the memory for all of them first: on [ErrOutOfMemory] no
// ID has changed and no tracker was made.
//
// A Handle is as good as the moment of [Caller.At]: a tracker that has left the
// registry since is read as an empty one, and what adds IDs works on the one that
// is there by then. It is for the Caller's
// goroutine.
type Handle struct {
	caller *Caller
	t      *Tracker // nil: not there
	prefix string
	pinned bool // no other tracker will do
}

// found returns the tracker as At found it or as the Caller has made it since;
// nil for none.
func (h Handle) found() *Tracker {
	if h.t != nil {
		return h.t
	}
	if last := h.caller.last; last != nil && last.Prefix() == h.prefix {
		return last
	}
	return nil
}

// There reports whether the tracker is there: found, or made since.
func (h Handle) There() bool { return h.found() != nil }

// Read returns the tracker to read from: an empty one with the default settings
// and another prefix if it is not there.
func (h Handle) Read() Reader {
	if t := h.found(); t != nil {
		return t
	}
	return h.caller.registry.none
}

// AsMade returns the tracker to write and read keys with: one as it would be
// made, of no registry, if it is not there. An error is that of the prefix.
func (h Handle) AsMade() (Reader, error) {
	if t := h.found(); t != nil {
		return t, nil
	}
	t, err := New(h.prefix, h.caller.registry.defaults)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// ready returns the tracker, made if need be, when secure has got from it what
// an operation needs. changed reports that it was made or got memory; both also
// beside an error.
func (h Handle) ready(secure func(*Tracker) (grew bool, err error)) (t *Tracker, changed bool, err error) {
	if h.t != nil {
		if changed, err = secure(h.t); err != ErrDetached || h.pinned {
			return h.t, changed, err
		}
	}
	c := h.caller
	c.removals = c.registry.removals.Load() // before the look
	t, changed, err = c.registry.ready(h.prefix, secure)
	c.last = t
	return t, changed, err
}

// idle tells whether an operation on r would make the tracker for nothing.
func (h Handle) idle(r Range) bool { return h.t == nil && h.caller.registry.none.Clip(r).Len() == 0 }

// secure is ready with the memory for ids, and returns that.
func (h Handle) secure(ids []uint64) (t *Tracker, s bitmap.Secured, changed bool, err error) {
	if t = h.t; t != nil {
		if s, changed, err = t.secure(ids); err != ErrDetached || h.pinned {
			return t, s, changed, err
		}
		h.t = nil
	}
	t, changed, err = h.ready(func(t *Tracker) (grew bool, err error) {
		s, grew, err = t.secure(ids)
		return grew, err
	})
	return t, s, changed, err
}

// secureRange is ready with the memory for r, and returns that.
func (h Handle) secureRange(r Range) (t *Tracker, s bitmap.Secured, changed bool, err error) {
	t, changed, err = h.ready(func(t *Tracker) (grew bool, err error) {
		s, grew, err = t.secureRange(r)
		return grew, err
	})
	return t, s, changed, err
}

// Exists reports whether id exists. One at or over the bound does not, and is
// counted as that.
func (h Handle) Exists(id uint64) bool {
	t := h.found()
	if t == nil {
		return false
	}
	if !t.within(id) {
		h.caller.tell(t, true) // it was counted
		return false
	}
	return t.exists(id)
}

// Add marks ids as existing and returns how many were not before; those at or
// over the bound are not added, and counted as that.
func (h Handle) Add(ids []uint64) (added int, err error) {
	h.caller.notes.Open()
	t, s, changed, err := h.secure(ids)
	if err == nil {
		var outside int
		added, outside = t.addSecured(s, ids, h.caller.notes)
		changed = changed || added+outside > 0
	}
	h.caller.tell(t, changed)
	return added, err
}

// Remove marks ids as not existing and returns how many were before; those at or
// over the bound were not, and are counted as that.
func (h Handle) Remove(ids []uint64) (removed int) {
	t := h.found()
	if t == nil {
		return 0
	}
	h.caller.notes.Open()
	h.caller.enter()
	removed, outside := t.removeAll(ids, h.caller.notes)
	h.caller.leave()
	h.caller.tell(t, removed+outside > 0)
	return removed
}

// AddRange marks the IDs of r, clipped to the bound, as existing and returns how
// many were not before. It is atomic per ID, not as a whole.
func (h Handle) AddRange(r Range) (added uint64, err error) {
	if h.idle(r) {
		return 0, nil
	}
	h.caller.notes.Open()
	for {
		t, s, changed, err := h.secureRange(r)
		if err != nil {
			h.caller.tell(t, changed)
			return 0, err
		}
		n, next, ended := t.setRange(s, r)
		t.notedRange(h.caller.notes, Range{r.Min, next})
		h.caller.tell(t, changed || n > 0)
		if added += n; !ended {
			return added, nil
		}
		r.Min = next // what was set before has gone with the rest
	}
}

// RemoveRange marks the IDs of r as not existing and returns how many were
// before. It is atomic per ID, not as a whole.
func (h Handle) RemoveRange(r Range) (removed uint64) {
	t := h.found()
	if t == nil {
		return 0
	}
	h.caller.notes.Open()
	h.caller.enter()
	removed = t.RemoveRange(r)
	h.caller.leave()
	t.notedRange(h.caller.notes, r)
	h.caller.tell(t, removed > 0)
	return removed
}

// Clear removes all IDs, gives their memory back and returns how many there
// were.
func (h Handle) Clear() uint64 {
	t := h.found()
	if t == nil || t.bits.Capacity() == 0 { // without memory there is nothing to remove
		return 0
	}
	h.caller.notes.Open()
	h.caller.enter()
	removed := t.takeAll(h.caller.registry.log)
	h.caller.leave()
	h.caller.tell(t, true) // of the memory at least
	return removed
}

// Reset removes all IDs, keeps their memory and returns how many it removed.
func (h Handle) Reset() uint64 {
	t := h.found()
	if t == nil {
		return 0
	}
	h.caller.notes.Open()
	h.caller.enter()
	removed, ended := t.reset(h.caller.registry.log)
	h.caller.leave()
	t.notedRange(h.caller.notes, Everything)
	h.caller.tell(t, removed > 0 || ended)
	return removed
}

// Reserve makes room for the IDs below n, and the tracker.
func (h Handle) Reserve(n uint64) error {
	if h.idle(Range{Max: n}) {
		return nil
	}
	h.caller.notes.Open()
	t, _, changed, err := h.secureRange(Range{Max: n})
	h.caller.tell(t, changed)
	return err
}

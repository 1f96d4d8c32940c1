package tracker

import "sync/atomic"

// extras is what few trackers need. A tracker has room for a pointer to it and
// no more: most of a million never make it.
type extras struct {
	// deleter is the delete iterator, of which there is one at a time. It may
	// have ended: see hold.over.
	deleter atomic.Pointer[hold]
	// prefix is the one that the tracker got when it was renamed, nil if it never was.
	prefix atomic.Pointer[string]
	// flight is nil before the first lease.
	flight atomic.Pointer[flight]
	// fallbacks is how many IDs were drawn from the counted ones of their class, for
	// to try others would have taken longer.
	fallbacks atomic.Uint64
	// expired is how many leases have ended by time, pages of cursors among them: counted before their IDs
	// can be handed out again.
	expired atomic.Uint64
	// emptied is how often all IDs were taken away at once, counted before they are, for
	// who has a Pin.
	emptied atomic.Uint64
	// held is what callers hold of the tracker by a token since it entered its
	// registry, nil for nothing. Guarded by holds.mu.
	held *group
	// cursors are the shared cursors, nil for none ever. Guarded by holds.mu.
	cursors *group
}

// extra returns the tracker's extras, made if need be.
func (t *Tracker) extra() *extras {
	if x := t.extras.Load(); x != nil {
		return x
	}
	t.extras.CompareAndSwap(nil, new(extras)) // whoever wins, they are there
	return t.extras.Load()
}

package tracker

import (
	"strings"
	"sync/atomic"
)

// arrivals is what the registry remembers of trackers that come into the table, or to
// another place in it, with more behind them than a Create. It is guarded by the
// registry's mutex.
type arrivals struct {
	making  map[*Tracker]struct{} // the log knows of them, and nobody else does
	flushes atomic.Uint64         // how often all trackers have left; written with the mutex held
	// moved are those that have come to their place while somebody goes through the
	// table, who may have missed them; watched says that somebody does. The journal
	// writes one base at a time.
	watched bool
	moved   []*Tracker
}

// renamed is the prefix of a tracker with extras.
func (t *Tracker) renamed(x *extras) string {
	if p := x.prefix.Load(); p != nil {
		return *p
	}
	return t.name[:t.prefixLen]
}

// rename gives the tracker of from the prefix to, another one, with all that it has and that is held
// of it, and returns it, and the one that had that prefix and has left, to be emptied. Without replace that one
// stays, and the error is [ErrExists]. Without a tracker of from it is [ErrNoPrefix].
//
// For those who look up it is one step: the store of the prefix, by which each entry in the
// table is compared. By then an entry is at the head of the new bucket, before
// that of the tracker that is to leave; the one in the old bucket matches no more. Who
// has passed the first before that, and comes to the place of the other when it has been taken out, looks
// again: between the two removals goes up (Get).
func (r *Registry) rename(from, to string, replace bool) (t, old *Tracker, err error) {
	if len(to) == 0 || len(to) > MaxPrefixLen {
		return nil, nil, ErrInvalidPrefix
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	tab := r.table.Load()
	before, hash := tab.hash(from), tab.hash(to)
	if t = tab.find(before, from); t == nil {
		return nil, nil, ErrNoPrefix
	}
	if old = tab.find(hash, to); old != nil && !replace {
		return nil, nil, ErrExists
	}
	prefix := strings.Clone(to)
	if t.books != nil {
		if err := t.books.charge(t.footprintAs(prefix)-t.footprint(), false); err != nil {
			return nil, nil, err
		}
	}
	r.sayReplace(old, t, prefix)
	in := tab.link(hash, t)
	t.extra().prefix.Store(&prefix) // found by it from here on
	r.removals.Add(1)
	tab.cut(before, t, in)
	r.arrivals.note(t)
	if old != nil {
		r.leave(tab, hash, old)
		r.resize(tab, -1)
	}
	return t, old, nil
}

// place puts a tracker that was being made into the registry, as rename does. When all
// trackers have left since flushes it has come before that, and left with them: it is
// not in. It returns the one that has left, to be emptied.
func (r *Registry) place(t *Tracker, replace bool, flushes uint64) (in bool, left *Tracker, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.arrivals.making, t)
	tab := r.table.Load()
	prefix := t.Prefix()
	hash := tab.hash(prefix)
	old := tab.find(hash, prefix)
	if old != nil && !replace {
		err = ErrExists
	}
	if err != nil || r.arrivals.flushes.Load() != flushes {
		r.log.Drop((*journaled)(t))
		r.release(t)
		return false, t, err
	}
	r.sayReplace(old, t, prefix)
	tab.link(hash, t) // found from here on
	r.removals.Add(1)
	r.arrivals.note(t)
	if old != nil {
		r.leave(tab, hash, old)
	} else {
		r.resize(tab, 1)
	}
	return true, old, nil
}

func (a *arrivals) note(t *Tracker) {
	if a.watched {
		a.moved = append(a.moved, t)
	}
}

// sayReplace tells the log, before anybody can find t by its prefix (J5).
func (r *Registry) sayReplace(old, t *Tracker, prefix string) {
	if old == nil {
		r.log.Replace(nil, (*journaled)(t), t.appendMetaAs(nil, prefix))
	} else {
		r.log.Replace((*journaled)(old), (*journaled)(t), t.appendMetaAs(nil, prefix))
	}
}

// leave takes old, which is not found any more, out of the table and off the budget.
func (r *Registry) leave(tab *table, hash uint64, old *Tracker) {
	tab.cut(hash, old, nil)
	r.release(old)
}

// beginEntries begins to watch the table for who goes through it, and returns the
// trackers that are being made. Who makes a tracker tells the log first, and then it
// can be found (J5): both under the mutex, so those that the log was told of are in one or the other.
func (r *Registry) beginEntries() (making []*Tracker) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for t := range r.arrivals.making {
		making = append(making, t)
	}
	r.arrivals.watched, r.arrivals.moved = true, nil
	return making
}

// endEntries returns those that have moved since.
func (r *Registry) endEntries() []*Tracker {
	r.mu.Lock()
	defer r.mu.Unlock()
	moved := r.arrivals.moved
	r.arrivals.watched, r.arrivals.moved = false, nil
	return moved
}

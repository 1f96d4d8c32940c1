package tracker

import (
	"sync"
	"sync/atomic"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// flight is which IDs of a tracker are in flight: handed out with a lease, and
// neither confirmed nor given back yet. A tracker gets one with its first lease, for
// good. doc.go has the states of an ID, and the argument (F1 to F6).
type flight struct {
	mu    sync.Mutex    // the lease lock: whoever takes IDs away, and whoever changes bits
	seq   atomic.Uint64 // odd while bits change that are read together with the tracker's own
	bits  bitmap.Bitmap
	table *holds
	ready atomic.Bool // nobody is left who does not know of it (F5)
	// held is the leases; another one after the tracker was cleared. Guarded by holds.mu.
	held    *group
	open    atomic.Int64  // leases that have not been refunded
	paid    atomic.Int64  // bytes that the budget was charged for them
	expired atomic.Uint64 // leases that have ended by time
}

// flight returns the tracker's, nil if it never had a lease.
func (t *Tracker) flight() *flight {
	if x := t.extras.Load(); x != nil {
		return x.flight.Load()
	}
	return nil
}

// begin and end come around changes that readers must not see half of (F3). The lease
// lock is held.
func (f *flight) begin() { f.seq.Add(1) }
func (f *flight) end()   { f.seq.Add(1) }

// fewLooks is how often a reader looks at both bitmaps without the lease lock.
const fewLooks = 8

// read calls look, which reads both bitmaps, until nothing has moved between them
// meanwhile (F3). It may call it several times.
func (f *flight) read(look func()) {
	for range fewLooks {
		if seq := f.seq.Load(); seq&1 == 0 {
			if look(); f.seq.Load() == seq {
				return
			}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	look()
}

// existing returns which IDs of the word wi exist: all at one moment of the call.
func (t *Tracker) existing(wi uint64) (word uint64) {
	if word = t.bits.Word(wi); word == 0 {
		return 0
	}
	f := t.flight() // after the word: a bit that a lease has set is seen together with its flight (F2)
	if f == nil {
		return word
	}
	f.read(func() { word = t.bits.Word(wi) &^ f.bits.Word(wi) })
	return word
}

// exists tells whether id, which is within the bound, exists.
func (t *Tracker) exists(id uint64) (is bool) {
	if !t.bits.Test(id) {
		return false
	}
	f := t.flight()
	if f == nil {
		return true
	}
	f.read(func() { is = t.bits.Test(id) && !f.bits.Test(id) })
	return is
}

// Count returns how many IDs exist.
func (t *Tracker) Count() (n uint64) {
	n = t.bits.Count()
	if f := t.flight(); f != nil {
		f.read(func() {
			n = t.bits.Count()
			n -= min(n, f.bits.Count()) // beside claims a count may be behind
		})
	}
	return n
}

// fly returns the tracker's flight, made if need be, when it may be used: all who take IDs
// away know of it. The caller waits for those who do not, so it must have none of
// their announcements itself.
func (t *Tracker) fly(reg *Registry) *flight {
	x := t.extra()
	f := x.flight.Load()
	if f == nil {
		f = &flight{table: &reg.holds}
		if t.books != nil {
			f.bits.Init((*backing)(t.books))
		}
		if !x.flight.CompareAndSwap(nil, f) {
			f = x.flight.Load()
		}
	}
	if !f.ready.Load() {
		reg.takers.wait()
		f.ready.Store(true)
	}
	return f
}

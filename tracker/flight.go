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
	held *group
	open atomic.Int64 // leases that have not been refunded
	paid atomic.Int64 // bytes that the budget was charged for them
}

// flight returns the tracker's, nil if it never had a lease.
func (t *Tracker) flight() *flight {
	if x := t.extras.Load(); x != nil {
		return x.flight.Load()
	}
	return nil
}

// opened counts a lease more, or one less.
func (f *flight) opened(n int64) {
	f.open.Add(n)
	f.table.leases.Add(n)
}

// begin and end come around changes that readers must not see half of (F3). The lease
// lock is held.
func (f *flight) begin() { f.seq.Add(1) }
func (f *flight) end()   { f.seq.Add(1) }

// fewLooks is how often a reader looks at both bitmaps without the lease lock.
const fewLooks = 8

// existing returns which IDs of the word wi exist: all at one moment of the call.
func (t *Tracker) existing(wi uint64) uint64 {
	word, _ := t.states(wi)
	return word
}

// states returns which IDs of the word wi exist and which are in flight, at one moment of
// the call.
func (t *Tracker) states(wi uint64) (existing, flying uint64) {
	word := t.bits.Word(wi)
	if word == 0 {
		return 0, 0
	}
	yield()
	f := t.flight() // after the word: a bit that a lease has set is seen together with its flight (F2)
	if f == nil {
		return word, 0
	}
	for range fewLooks {
		// Nothing that moves in both has moved meanwhile (F3).
		if seq := f.seq.Load(); seq&1 == 0 {
			word = t.bits.Word(wi)
			yield()
			if flying = f.bits.Word(wi); f.seq.Load() == seq {
				return word &^ flying, flying
			}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	flying = f.bits.Word(wi)
	return t.bits.Word(wi) &^ flying, flying
}

// exists tells whether id, which is within the bound, exists.
func (t *Tracker) exists(id uint64) bool {
	return t.bits.Test(id) && (t.flight() == nil || t.existing(id>>6)>>(id&63)&1 != 0)
}

// Count returns how many IDs exist.
func (t *Tracker) Count() uint64 {
	n, _ := t.counts()
	return n
}

// counts returns how many IDs exist and how many are in flight, at one moment of the call.
func (t *Tracker) counts() (existing, flying uint64) {
	n := t.bits.Count()
	f := t.flight()
	if f == nil {
		return n, 0
	}
	for range fewLooks {
		if seq := f.seq.Load(); seq&1 == 0 {
			n = t.bits.Count()
			yield()
			if flying = f.bits.Count(); f.seq.Load() == seq {
				return n - flying, flying
			}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	flying = f.bits.Count()
	return t.bits.Count() - flying, flying
}

// takeOff returns the tracker's flight, made if need be.
func (t *Tracker) takeOff(reg *Registry) *flight {
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
	return f
}

// isReady tells whether all who take IDs away know of f, which others can find (F5).
func (f *flight) isReady(all *takers) bool {
	if !f.ready.Load() && all.none() {
		f.ready.Store(true)
	}
	return f.ready.Load()
}

// fly returns the tracker's flight when it may be used. The caller may have to wait for those who take,
// so it must have no announcement itself.
func (t *Tracker) fly(reg *Registry) *flight {
	f := t.takeOff(reg)
	if !f.isReady(&reg.takers) {
		reg.takers.wait()
		f.ready.Store(true)
	}
	return f
}

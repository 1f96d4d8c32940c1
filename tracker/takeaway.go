package tracker

import (
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/journal"
)

// All ways that existing IDs are taken away: one, the next ones, a range, all. None takes one
// that is in flight. With a flight they take turns with leases (F4); without one a bit is
// all there is to it. A Caller is announced meanwhile (F5).

// takeID takes id, which is within the bound, and reports whether it existed.
func (t *Tracker) takeID(id uint64) bool {
	if t.flight() == nil {
		return t.bits.TestAndClear(id)
	}
	return t.takeWord(id>>6, 1<<(id&63)) != 0
}

// takeWord takes those IDs of the word wi that exist and are in mask, and returns
// their bits.
func (t *Tracker) takeWord(wi, mask uint64) (got uint64) {
	if f := t.flight(); f != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		mask &^= f.bits.Word(wi)
	}
	return t.bits.TakeWord(wi, mask)
}

// takeFirst takes up to n IDs of r, the lowest first, and appends them to dst as runs.
func (t *Tracker) takeFirst(dst []Run, r Range, n int) []Run {
	if t.flight() == nil {
		return t.bits.AppendTake(dst, r.Min, r.Max, n)
	}
	s := t.Select(Set, Mask{})
	for from := r.Min; n > 0; {
		wi, word, ok := s.next(from, r.Max)
		if !ok {
			break
		}
		got := t.takeWord(wi, bitmap.Lowest(word, n))
		n -= bits.OnesCount64(got)
		dst = bitmap.AppendWord(dst, wi, got)
		from = max(from, wi<<6) // others may have been faster
	}
	return dst
}

// takeRange takes all IDs of r and returns how many there were.
func (t *Tracker) takeRange(r Range) (taken uint64) {
	f := t.flight()
	if f == nil {
		return t.bits.ClearRange(r.Min, r.Max)
	}
	for at := r.Min; at < r.Max; {
		var n uint64
		n, at = f.takeBetween(t, at, r.Max)
		taken += n
	}
	return taken
}

// takeBetween takes the IDs from at to the next one that is in flight, or as many as others
// can wait for, and returns where to go on.
func (f *flight) takeBetween(t *Tracker, at, max uint64) (taken, next uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	end := min(max, at+fewWrites)
	if first, some := t.bits.NextSet(at, max); !some {
		return 0, max
	} else if first >= end { // nothing is there to be taken, and much room, perhaps
		return 0, first
	}
	flying, some := f.bits.NextSet(at, end)
	if !some {
		return t.bits.ClearRange(at, end), end
	}
	next, some = f.bits.NextClear(flying, max)
	if !some {
		next = max
	}
	return t.bits.ClearRange(at, flying), next
}

// reset takes all IDs, keeps their memory and returns how many existed. What is in flight ends, with
// the leases; ended reports whether there was anything.
func (t *Tracker) reset(log *journal.Log) (taken uint64, ended bool) {
	t.emptying()
	taken = t.takeRange(Everything) // most of it, while others have their turn
	if f := t.flight(); f != nil {
		var more uint64
		more, ended = f.reset(t, log)
		taken += more
	}
	return taken, ended
}

// reset ends all leases and takes what is left and what is in flight: under the lock, or an ID that exists could go
// in flight behind the one and before the other. some reports whether anything was in flight.
func (f *flight) reset(t *Tracker, log *journal.Log) (taken uint64, some bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.table.endLeases(f) // at last: a base that is written meanwhile has what is still in flight
	for at := uint64(0); ; {
		var runs []Run
		if runs, at = f.bits.AppendSet(nil, at, Limit, leasePiece); len(runs) == 0 {
			return t.bits.Reset(), some
		}
		some = true
		log.Record((*journaled)(t), func(dst []byte) []byte {
			f.fall(t, runs, true)
			return appendSettled(dst, "", true, runs)
		})
	}
}

// fall takes runs out of flight; if gone, they do not exist from then on, else they do.
func (f *flight) fall(t *Tracker, runs []Run, gone bool) {
	f.begin()
	for wi, mask := range words(runs) {
		f.bits.TakeWord(wi, mask) // first: who claims the ID once it is free must not be taken for one in flight
		yield()
		if gone {
			t.bits.TakeWord(wi, mask)
		}
	}
	f.end()
}

// takeAll takes all IDs with their memory, and returns how many existed. What is in flight ends, with the
// leases.
func (t *Tracker) takeAll(log *journal.Log) uint64 {
	t.emptying()
	f := t.flight()
	if f == nil {
		return log.Clear((*journaled)(t))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.table.endLeases(f)
	f.begin()
	defer f.end()
	return log.Clear((*journaled)(t))
}

// ClearAll implements [journal.Words]. In flight is nothing of what is not there any more.
func (t *journaled) ClearAll() uint64 {
	var flying uint64
	if f := (*Tracker)(t).flight(); f != nil {
		flying = f.bits.ClearAll() // first, as in fall
	}
	n := t.bits.ClearAll()
	return n - min(n, flying)
}

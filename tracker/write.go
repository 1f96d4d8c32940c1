package tracker

import (
	"iter"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Write claims the free IDs of a range, each for one caller only. Any number
// of Write iterators may work on one range, one per goroutine. One alone goes
// in ascending order; beside others each keeps to a place of its own, and all
// free IDs are found before the end is said.
//
// It takes the memory it needs whatever the registry's budget says;
// [Tracker.ClaimNext] asks.
type Write struct {
	tracker *Tracker
	rng     Range
	claimer bitmap.Claimer
	claims  uint64 // not yet in the tracker's numbers
}

// claimsPerReport is how many claims a Write makes between additions to the
// tracker's number of claims, which all writers share.
const claimsPerReport = 64

// Write returns an iterator that claims. The filter [Set] is
// [ErrInvalidFilter]: what exists cannot be claimed.
func (b Builder) Write() (*Write, error) {
	if b.filter == Set {
		return nil, ErrInvalidFilter
	}
	r, err := b.open()
	if err != nil {
		return nil, err
	}
	return &Write{tracker: b.tracker, rng: r, claimer: b.tracker.bits.Claimer(r.Min, r.Max)}, nil
}

// Next claims an ID. ok is false only if no ID of the range was free all
// through the call; later calls look again.
func (w *Write) Next() (id uint64, ok bool) {
	id, ok = w.claimer.Next()
	if ok {
		w.claims++
	}
	if w.claims == claimsPerReport || !ok && w.claims > 0 {
		w.tracker.claims.Add(w.claims)
		w.claims = 0
	}
	return id, ok
}

// Remaining implements [Iterator].
func (w *Write) Remaining() uint64 { return w.tracker.countMatching(Unset, w.rng) }

// Exhausted implements [Iterator].
func (w *Write) Exhausted() bool {
	_, free := w.tracker.bits.NextClear(w.rng.Min, w.rng.Max)
	return !free
}

// All implements [Iterator].
func (w *Write) All() iter.Seq[uint64] { return seq(w.Next) }

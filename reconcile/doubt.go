package reconcile

import (
	"context"
	"time"

	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// pair is a prefix and the store that it is to agree with.
type pair struct {
	pin   *tracker.Pin
	keys  *keys
	store store.Store
}

// doubt is IDs of a prefix in flight, while the store is asked what is to become of them: nobody else
// finds, claims or takes them meanwhile. A take is in doubt whether its IDs' keys are there, a claim whether they are
// not. If the process ends, or the store does not answer, all is as it was.
type doubt struct {
	*pair
	hand  *hand
	of    tracker.LeaseKind
	token string
	ids   []uint64 // that still seem to be wrong, ascending
	held  bool     // something may be in flight still
}

// leaseName is that of our leases, for people.
const leaseName = "sync"

// leaseTime is how long a lease lasts that is settled after two pauses, and questions in between.
func leaseTime(settle time.Duration) time.Duration { return 2*settle + time.Minute }

// doubt puts those of wanted in flight that exist, for a take, or are free, for a claim. The caller calls end.
func (h *hand) doubt(p *pair, of tracker.LeaseKind, wanted []tracker.Run, ttl time.Duration) (*doubt, error) {
	d := &doubt{pair: p, hand: h, of: of}
	if err := h.refuses(); err != nil {
		return d, err
	}
	defer h.commit()
	token, runs, err := p.pin.At(h.caller).LeaseOf(nil, wanted, of, tracker.LeaseTerms{TTL: ttl, Name: leaseName})
	d.token, d.held = token, token != ""
	d.ids = appendIDs(nil, runs)
	return d, err
}

// ask asks the store for all that seems to be wrong, and gives back what is not.
func (d *doubt) ask(ctx context.Context) error {
	there, err := d.keys.ask(ctx, d.store, d.ids, nil)
	if err != nil {
		return err
	}
	wrong, right := d.ids[:0], []uint64(nil)
	for i, id := range d.ids {
		if there[i] == wrongIf(d.of) {
			wrong = append(wrong, id)
		} else {
			right = append(right, id)
		}
	}
	d.ids = wrong
	d.release(right)
	return nil
}

// wrongIf says whether a key that is there is wrong.
func wrongIf(of tracker.LeaseKind) bool { return of == tracker.ClaimLease }

// release gives back ids.
func (d *doubt) release(ids []uint64) {
	if len(ids) > 0 { // nil would be all
		_, _ = d.hand.caller.Release(d.token, ids) // if it has ended, they have been given back
		d.hand.commit()
	}
}

// confirm makes what is still wrong right, and returns how many IDs those were: none if they are
// not in flight any more, or the prefix is not what it was.
func (d *doubt) confirm() (n uint64, err error) {
	if err := d.hand.refuses(); err != nil || len(d.ids) == 0 {
		return 0, err
	}
	if err := d.pin.Err(); err != nil {
		return 0, err
	}
	defer d.hand.commit()
	n, err = d.hand.caller.Confirm(d.token, d.ids)
	if err == tracker.ErrNoLease {
		return 0, d.pin.Err() // its time is over, or the prefix has changed
	}
	return n, err
}

// end gives back what is left. It may be called again.
func (d *doubt) end() {
	if d.held {
		d.held = false
		_, _ = d.hand.caller.Release(d.token, nil)
		d.hand.commit()
	}
}

// appendIDs appends the IDs of runs to dst.
func appendIDs(dst []uint64, runs []tracker.Run) []uint64 {
	for _, r := range runs {
		for i := range r.Len {
			dst = append(dst, r.Start+i)
		}
	}
	return dst
}

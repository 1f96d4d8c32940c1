package reconcile

import (
	"context"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// repairPage is how many IDs are put in flight together.
const repairPage = 1 << 16

// repair makes right what was wrong at three looks.
func (w *work) repair(ctx context.Context, all []*drift) error {
	n := suspected(all)
	if n == 0 {
		return nil
	}
	h := w.hands.take()
	pin, err := w.made(h)
	w.hands.put(h)
	if err != nil {
		return err
	}
	w.pin = pin
	w.enter("repairing", n)
	for _, d := range all {
		if err := w.inPages(ctx, d.suspects, repairPage, func(ctx context.Context, ids []uint64) error { return w.mend(ctx, d.of, ids) }); err != nil {
			return err
		}
	}
	return w.standing()
}

// mend makes ids right that still are wrong: in flight, so that nobody else gets them meanwhile, at two more looks at
// the store.
func (w *work) mend(ctx context.Context, of tracker.LeaseKind, ids []uint64) error {
	h := w.hands.take()
	defer w.hands.put(h)
	d, err := h.doubt(&w.pair, of, tracker.RunsOf(ids), leaseTime(w.Settle))
	if err != nil {
		return err
	}
	defer d.end()
	w.countLeft(of, ids, d.ids)
	if err := d.ask(ctx); err != nil {
		return err
	}
	if err := pause(ctx, w.Settle); err != nil {
		return err
	}
	if err := d.ask(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil { // by now
		return err
	}
	n, err := d.confirm()
	w.repaired.Add(n)
	if err != nil {
		return err
	}
	w.left.Add(uint64(len(d.ids)) - n)
	if n == 0 {
		return nil
	}
	return w.lookBack(ctx, d, n)
}

// countLeft counts those of ids that were not handed out, though they are not right either: somebody else
// has them in flight, or had at that moment.
func (w *work) countLeft(of tracker.LeaseKind, ids, had []uint64) {
	right := tracker.Unset
	if of == tracker.ClaimLease {
		right = tracker.Set
	}
	s := w.keys.reader.Select(right, tracker.Mask{})
	var left []uint64
	for _, id := range ids {
		if len(had) > 0 && had[0] == id {
			had = had[1:]
		} else if !s.Has(id) {
			left = append(left, id)
		}
	}
	w.left.Add(uint64(len(left)))
	if w.aloft != nil && len(left) > 0 {
		w.aloft(left)
	}
}

// lookBack asks once more for what was made right. Who has written a key just before, and has told the
// tracker, which found the ID in flight, is not forgotten: a key that is there is missing now. One that has gone
// again may be somebody's who is to write it, and is left to the next verify; so is all of this when the job is stopped.
// confirmed is how many were made right: all, unless the lease has ended in the middle.
func (w *work) lookBack(ctx context.Context, d *doubt, confirmed uint64) error {
	there, err := w.keys.ask(ctx, w.store, d.ids, nil)
	if err != nil {
		return err
	}
	var changed []uint64
	for i, id := range d.ids {
		if there[i] != wrongIf(d.of) {
			changed = append(changed, id)
		}
	}
	n := min(uint64(len(changed)), confirmed)
	w.repaired.Add(-n)
	if n == 0 || d.of == tracker.ClaimLease {
		w.left.Add(n)
		return nil
	}
	return w.mend(ctx, tracker.ClaimLease, changed)
}

package reconcile

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// drift is one of the two ways in which a tracker and a store differ, and the IDs that seem to. Those
// that differ look wrong at three looks: the first goes through the store and then through the
// tracker, the others ask for each that is suspected the tracker, the store, and the tracker again. Between
// two looks is a pause, so who changes the one and then the other within it is never taken for a difference.
type drift struct {
	of       tracker.LeaseKind // that makes it right
	wrong    tracker.Filter    // the state that is wrong for what the store has
	suspects *tracker.Scratch
	count    *atomic.Uint64
	examples *examples
}

// errOtherwise is for a prefix that knows no key of its store. If they are of its IDs, to remove these would have
// each of them handed out again.
var errOtherwise = errors.New("no key of the store is as the prefix writes it, and some that are written otherwise say an ID: nothing was changed; the width or the tag of the prefix may be wrong")

// compare is a verify, or a repair.
func (w *work) compare(ctx context.Context) error {
	stale := drift{of: tracker.TakeLease, wrong: tracker.Set, count: &w.stale, examples: &w.staleKeys}
	missing := drift{of: tracker.ClaimLease, wrong: tracker.Unset, count: &w.missing, examples: &w.missingKeys}
	all := []*drift{&stale, &missing}
	for _, d := range all {
		var err error
		if d.suspects, err = w.scratch(); err != nil {
			return err
		}
		defer d.suspects.Close()
	}
	all, unknown, err := w.firstLook(ctx, &stale, &missing)
	if err != nil {
		return err
	}
	for look := 2; look <= 3; look++ {
		if err := w.lookAgain(ctx, all); err != nil {
			return err
		}
	}
	for _, d := range all {
		if err := w.tell(d); err != nil {
			return err
		}
	}
	if unknown != nil || w.Mode != Repair || w.DryRun {
		return unknown
	}
	if w.stale.Load() > 0 && w.found.Load() == 0 && w.otherwise.Load() {
		return errOtherwise
	}
	return w.repair(ctx, all)
}

// firstLook goes through the store and finds what is suspected. What is not known of the store says
// nothing of what is tracked: then nothing is stale, and the rest goes on; unknown says what it is.
func (w *work) firstLook(ctx context.Context, stale, missing *drift) (all []*drift, unknown, err error) {
	seen, err := w.scratch()
	if err != nil {
		return nil, nil, err
	}
	defer seen.Close()
	all = []*drift{stale, missing}
	err = w.see(ctx, seen)
	var some *store.UnknownError
	if errors.As(err, &some) {
		all, unknown, err = all[1:], err, w.standing()
	}
	for _, d := range all {
		if err == nil {
			err = w.suspect(ctx, d, seen)
		}
	}
	return all, unknown, err
}

// suspect suspects what is in the wrong state for what was seen. Who wants to know what is in flight, too, gets that
// from the same look at each ID: between two looks one could go from the one to the other.
func (w *work) suspect(ctx context.Context, d *drift, seen *tracker.Scratch) error {
	selected := func() tracker.Selection {
		switch {
		case d.of == tracker.TakeLease && w.aloft == nil:
			return w.keys.reader.Select(tracker.Set, seen.Mask())
		case d.of == tracker.TakeLease:
			return w.keys.reader.Select(tracker.Held, seen.Mask())
		case w.aloft == nil || w.pin == nil:
			return w.keys.reader.Select(tracker.Unset, seen.Only())
		default:
			return seen.Select(w.pin.Mask())
		}
	}
	w.enter("comparing", 0)
	var runs []tracker.Run
	var ids []uint64
	for cursor := uint64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		s := selected()
		s.InTurns()
		if runs, cursor, err = s.Scan(runs[:0], tracker.Everything, cursor, lookPage); err != nil {
			return err
		}
		ids = appendIDs(ids[:0], runs)
		if _, err = d.suspects.Add(ids); err != nil || cursor == 0 {
			return err
		}
	}
}

// lookPage is how many IDs are looked at together.
const lookPage = 4096

// lookAgain looks again at what is suspected, after a pause, and gives up what looks right.
func (w *work) lookAgain(ctx context.Context, all []*drift) error {
	n := suspected(all)
	if n == 0 {
		return w.standing()
	}
	w.enter("waiting to look again", 0)
	if err := pause(ctx, w.Settle); err != nil {
		return err
	}
	w.enter("looking again", n)
	for _, d := range all {
		if err := w.inPages(ctx, d.suspects, lookPage, func(ctx context.Context, ids []uint64) error { return w.look(ctx, d, ids) }); err != nil {
			return err
		}
	}
	return w.standing()
}

func suspected(all []*drift) (n uint64) {
	for _, d := range all {
		n += d.suspects.Count()
	}
	return n
}

// look asks tracker, store and tracker for ids. An ID that looks right in between, or is in flight, is
// suspected no more.
func (w *work) look(ctx context.Context, d *drift, ids []uint64) error {
	wrong, not := w.inState(d.wrong, ids)
	there, err := w.keys.ask(ctx, w.store, wrong, nil)
	if err != nil {
		return err
	}
	still, right := wrong[:0], []uint64(nil)
	for i, id := range wrong {
		if there[i] == wrongIf(d.of) {
			still = append(still, id)
		} else {
			right = append(right, id)
		}
	}
	_, more := w.inState(d.wrong, still)
	not = append(not, more...)
	aloft := w.tellAloft(d.of, not)
	right = append(right, not...)
	d.suspects.Remove(right)
	w.changing.Add(uint64(len(right) - aloft))
	return w.standing()
}

// tellAloft tells which of ids are not right, if somebody wants to know, and returns how many: they are in flight, or
// were a moment ago.
func (w *work) tellAloft(of tracker.LeaseKind, ids []uint64) (n int) {
	if w.aloft == nil {
		return 0
	}
	right := tracker.Unset
	if of == tracker.ClaimLease {
		right = tracker.Set
	}
	_, aloft := w.inState(right, slices.Clone(ids))
	w.aloft(aloft)
	return len(aloft)
}

// inState parts ids into those that are in a state, and the others. It works in place: of ids only what
// is in the state is left.
func (p *pair) inState(f tracker.Filter, ids []uint64) (in, not []uint64) {
	s := p.keys.reader.Select(f, tracker.Mask{})
	in = ids[:0]
	for _, id := range ids {
		if s.Has(id) {
			in = append(in, id)
		} else {
			not = append(not, id)
		}
	}
	return in, not
}

// tell counts what is left of the suspects: it differs.
func (w *work) tell(d *drift) error {
	d.count.Store(d.suspects.Count())
	s := d.suspects.Select(tracker.Mask{})
	runs, _, err := s.Scan(nil, tracker.Everything, 0, mostExamples)
	for _, key := range w.keys.names(nil, appendIDs(nil, runs)) {
		d.examples.add(key)
	}
	return err
}

// pause waits for d.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

package reconcile

import (
	"context"
	"errors"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

const (
	// How often it is looked which prefixes begin with one that is followed: when there are more or fewer, and else.
	keysSoon   = time.Second
	keysLate   = 10 * time.Second
	retryAfter = time.Second // suspects that could not be settled
)

// rounds looks at the suspects again and again, until ctx ends and all that was put in flight has been given back.
func (f *follower) rounds(ctx context.Context) {
	defer f.batches.Wait()
	wait, keysAt, prefixes := roundEvery, time.Now(), f.options.Registry.Len()
	for pause(ctx, wait) == nil {
		began := time.Now()
		since, n := began.Sub(keysAt), f.options.Registry.Len()
		again := since > keysLate || since > keysSoon && n != prefixes
		if again {
			keysAt, prefixes = began, n
		}
		for _, p := range f.prefixes {
			p.look(f, again)
			f.round(ctx, p)
		}
		// To go through suspects that are in flight for long must not be all that is done.
		wait = max(roundEvery, 8*time.Since(began))
	}
}

// round takes those of the suspects of p that are not in flight, and has them settled.
func (f *follower) round(ctx context.Context, p *followed) {
	s := p.at.Load()
	if s == nil || time.Since(p.failed) < retryAfter {
		return
	}
	for _, of := range []tracker.LeaseKind{tracker.TakeLease, tracker.ClaimLease} {
		for more := s.suspects.Count() > 0; more; {
			select {
			case f.places <- struct{}{}:
			default:
				return // as many settle as may
			}
			ids := s.grounded(of)
			if more = len(ids) > 0; !more {
				<-f.places
				break
			}
			ids = p.takeOut(f, s, of, ids)
			b := batch{f, p, s.pair}
			f.batches.Go(func() {
				defer func() { <-f.places }()
				b.settle(ctx, of, ids)
			})
		}
	}
}

// grounded returns suspects that are not in flight, in the state that a lease of a kind changes.
func (s *site) grounded(of tracker.LeaseKind) []uint64 {
	found := s.keys.reader.Select(changes(of), s.suspects.Only())
	runs, _, _ := found.Scan(nil, tracker.Everything, 0, mostInBatch)
	return appendIDs(nil, runs)
}

// takeOut takes ids out of the suspects and returns those that are in that state then. Only then it counts in which state
// they are, and what the store says: what happens after this makes suspects again. One that somebody else has got
// since it was found stays suspect.
func (p *followed) takeOut(f *follower, s *site, of tracker.LeaseKind, ids []uint64) (in []uint64) {
	s.suspects.Remove(ids)
	in, not := s.inState(changes(of), ids)
	p.add(f, s, not)
	return in
}

// changes is the state of the IDs that a lease of a kind is for.
func changes(of tracker.LeaseKind) tracker.Filter {
	if of == tracker.ClaimLease {
		return tracker.Unset
	}
	return tracker.Set
}

// batch is suspects that are settled together.
type batch struct {
	*follower
	of *followed
	pair
}

// errAgain is for what could not be settled, for a reason that passes.
var errAgain = errors.New("to be looked at again")

// settle has the store decide. What it cannot decide stays suspect.
func (b batch) settle(ctx context.Context, of tracker.LeaseKind, ids []uint64) {
	h := b.hands.take()
	defer b.hands.put(h)
	if err := b.decide(ctx, h, of, ids); err != nil {
		b.of.doubt(b.follower, b.pin, ids)
		if err != errAgain {
			b.of.fails.Store(true)
		}
	}
}

func (b batch) decide(ctx context.Context, h *hand, of tracker.LeaseKind, ids []uint64) error {
	there, err := b.keys.ask(ctx, b.store, ids, nil)
	if err != nil {
		return err
	}
	var wrong []uint64
	for i, id := range ids {
		if there[i] == wrongIf(of) {
			wrong = append(wrong, id)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	d, err := h.doubt(&b.pair, of, tracker.RunsOf(wrong), leaseTime(b.options.Settle))
	if err != nil {
		return err
	}
	defer d.end()
	b.of.doubt(b.follower, b.pin, without(wrong, d.ids)) // somebody else has them in flight, or had
	n := int64(len(d.ids))
	b.doubtful.Add(n)
	defer b.doubtful.Add(-n)
	if err := d.ask(ctx); err != nil || len(d.ids) == 0 {
		return err
	}
	if err := pause(ctx, b.options.Settle); err != nil {
		return err
	}
	if err := d.ask(ctx); err != nil {
		return err
	}
	done, err := d.confirm()
	b.applied.Add(done)
	if err == nil && done < uint64(len(d.ids)) {
		err = errAgain // its time was over
	}
	return err
}

// without returns those of ids that are not in some. Both are ascending.
func without(ids, some []uint64) (rest []uint64) {
	for _, id := range ids {
		if len(some) > 0 && some[0] == id {
			some = some[1:]
		} else {
			rest = append(rest, id)
		}
	}
	return rest
}

package reconcile

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// follower has trackers follow what happens in the store. It is a [store.Watcher].
//
// An event changes nothing by itself: by the time that it is heard its ID may have been handed out again, and
// whoever has it has not written yet, or not deleted. It makes its ID a suspect if it says something else than the
// tracker, or if the ID is in flight, of which the tracker says nothing. The store alone decides what becomes of a
// suspect, see round:
//
//  1. Only what is not in flight is looked at. It is taken out of the suspects first, then the tracker is looked at,
//  2. and then the store is asked. If they agree, that is all. If they do not,
//  3. the ID is put in flight, so that nobody gets it and nobody finds it. Then, at once
//  4. and after a pause, the store is asked again. If it agrees with the tracker at either time the ID is given
//     back as it was; if it differs both times, it is made as the store has it.
//
// Let an ID be a worker's from the moment that he gets it, by a claim or a take, until he has written or deleted
// its key. Then:
//
//   - What is a worker's by a lease is in flight, and is not touched. When he has confirmed, the store agrees. When his
//     time is over, it is not his any more.
//   - What he got without a lease is changed only if the store differed after he had it in step 3 and all
//     of the pause later (4): he needed longer than the pause. A claim that is still to be written is in the
//     same state as a key that was deleted behind our back, and nobody can tell them apart before that.
//     So: a SET within the pause after CLAIMNEXT, a DEL within the pause after TAKENEXT, or a lease.
//   - What is put in flight here was in nobody's hands by a lease, and nobody gets it before it is settled. It is
//     settled as what it was, or as what the store has had all the time.
//
// So late events of former holders hand out nothing twice. Here are those that would, were events
// applied as they come:
//
//	TAKENEXT 5 · CLAIMNEXT 5 by another · the DEL of the first is heard: 5 becomes free, and a third claims it.
//	SET 5 · TAKENEXT 5 · the SET is heard: 5 exists, and another takes it before it has been deleted.
//	CLAIMNEXT 5 LEASE · SET 5 is heard · the lease ends: 5 is free, and has a key.
//
// In the first two the store agrees with the tracker in step 4 at the latest, once the worker has done what
// he was to do. In the third 5 is a suspect as long as it is in flight, and is looked at then.
//
// That trackers and store agree in the end: let the last event of an ID be heard. If the tracker said something
// else, or the ID was in flight, it is a suspect from then on, and taken out only before both are looked at (1, 2): either
// they agree, or it is settled. If the tracker said the same, it did so after the store had changed for the last time. After that it
// is changed only by workers, who die or do what they say, and by step 4. There the store is asked when the ID is in flight
// already: an event that was dropped before is older than the answer, and one that comes later makes a suspect.
type follower struct {
	*Reconciler
	configure bool
	prefixes  []*followed
	cancel    context.CancelFunc
	all       sync.WaitGroup
	turn      chan struct{} // has one when there may be something to catch up with
	places    chan struct{} // has one for each batch that settles
	hands     hands
	batches   sync.WaitGroup

	primaries, heard, lag                 atomic.Int64
	events, applied, ignored, drops, gaps atomic.Uint64
	doubtful                              atomic.Int64

	mu      sync.Mutex
	lastGap string
}

const (
	roundEvery  = 50 * time.Millisecond
	mostBatches = 16      // that settle at the same time
	mostInBatch = 1 << 15 // IDs of each
)

// Follow begins to follow the store of the Options for prefixes, until Close; configure lets it
// set what the store's servers tell.
func (r *Reconciler) Follow(prefixes []string, configure bool) error {
	switch {
	case r.store == nil:
		return ErrNoStore
	case len(prefixes) == 0:
		return tracker.ErrInvalidPrefix
	}
	ctx, cancel := context.WithCancel(context.Background())
	f := &follower{
		Reconciler: r, configure: configure, cancel: cancel, hands: hands{of: r},
		turn: make(chan struct{}, 1), places: make(chan struct{}, mostBatches),
	}
	for _, prefix := range slices.Compact(slices.Sorted(slices.Values(prefixes))) {
		f.prefixes = append(f.prefixes, &followed{prefix: strings.Clone(prefix)})
	}
	for _, p := range f.prefixes {
		p.look(f, false)
	}
	parts := []func(context.Context){f.watch, f.rounds, f.catchUp}
	f.all.Add(len(parts)) // who closes f waits for all, whether they have begun or not
	if !r.follower.CompareAndSwap(nil, f) {
		cancel()
		f.let()
		return ErrBusy
	}
	for _, part := range parts {
		go func() {
			defer f.all.Done()
			part(ctx)
		}()
	}
	if r.jobs.over() { // and nobody closes f
		f.close()
		return ErrClosed
	}
	return nil
}

// close ends all and gives back what is in flight.
func (f *follower) close() {
	f.cancel()
	f.all.Wait()
	f.let()
}

// let gives the memory for suspects back.
func (f *follower) let() {
	for _, p := range f.prefixes {
		p.close()
	}
}

// watch listens to the store, and tries again when that cannot be done.
func (f *follower) watch(ctx context.Context) {
	prefixes := make([]string, len(f.prefixes))
	for i, p := range f.prefixes {
		prefixes[i] = p.prefix
	}
	for wait := time.Second; ; wait = min(2*wait, 5*time.Second) {
		began := time.Now()
		err := f.store.Watch(ctx, prefixes, f.configure, f)
		f.Heard(int(f.primaries.Load()), 0, 0)
		if ctx.Err() != nil {
			return
		}
		f.tell("the store is not heard: " + err.Error())
		if time.Since(began) > time.Minute {
			wait = time.Second
		}
		if pause(ctx, wait) != nil {
			return
		}
	}
}

// Event implements [store.Watcher].
func (f *follower) Event(e store.Event) {
	f.events.Add(1)
	met := false
	for _, p := range f.prefixes {
		if strings.HasPrefix(e.Key, p.prefix) && p.suspect(f, e) {
			met = true
		}
	}
	if !met {
		f.ignored.Add(1)
	}
}

// Gap implements [store.Watcher].
func (f *follower) Gap(why string) {
	f.gaps.Add(1)
	f.tell(why)
	for _, p := range f.prefixes {
		p.wanted.Add(1)
	}
	f.wake()
}

// Heard implements [store.Watcher].
func (f *follower) Heard(primaries, heard int, lag time.Duration) {
	f.primaries.Store(int64(primaries))
	f.heard.Store(int64(heard))
	f.lag.Store(int64(lag))
}

// tell says why something may have been missed, once.
func (f *follower) tell(why string) {
	why = clip(why, mostText)
	f.mu.Lock()
	same := f.lastGap == why
	f.lastGap = why
	f.mu.Unlock()
	if gap := f.options.Gap; gap != nil && !same {
		gap(why)
	}
}

// wake has what is to be caught up with looked at.
func (f *follower) wake() {
	select {
	case f.turn <- struct{}{}:
	default:
	}
}

func (f *follower) figures() observe.Follow {
	o := observe.Follow{
		On: true, Primaries: int(f.primaries.Load()), Connected: int(f.heard.Load()),
		Events: f.events.Load(), Applied: f.applied.Load(), Ignored: f.ignored.Load(), Dropped: f.drops.Load(), Gaps: f.gaps.Load(),
		Lag: time.Duration(f.lag.Load()), Doubtful: uint64(max(f.doubtful.Load(), 0)),
	}
	for _, p := range f.prefixes {
		o.Deferred += p.waiting()
		o.CatchingUp = o.CatchingUp || p.behind()
	}
	f.mu.Lock()
	o.LastGap = f.lastGap
	f.mu.Unlock()
	return o
}

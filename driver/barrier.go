package driver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
)

// barrier has the drivers of a run begin each phase together. It is a prefix on the tracker whose IDs are in flight for as
// long as drivers live: each has one of the first range, which says that it is there, and one of the range of the
// phase that it has arrived at. How many there are is how many IDs of a range are not free. Nothing is left behind by
// a driver that is gone: its leases end by time, and others wait for it no longer.
//
// That somebody is there outlives that he has arrived: its lease is twice as long, and renewed before.
// Else, for a moment, one that is gone would count as arrived and not as there, and the others would begin
// without one that is.
type barrier struct {
	client *remote.Client
	prefix string
	n      int // of drivers that the first phase waits for
	phases int
	lease  time.Duration

	at   *stay // where it has arrived last, nil for nowhere
	stop context.CancelFunc
	gone chan struct{}

	turn  chan struct{} // who has put something in has the stays for himself, also while he asks for them
	stays []*stay       // all that are renewed, that it is there first
}

// stay is an ID in flight.
type stay struct {
	which remote.HandOut
	token string // another one after the lease has ended
}

const (
	mostDrivers = 1024
	// More phases than anybody has: the bound of the prefix is behind them.
	mostPhases = 1 << 20

	soonWaited, longWaited = 5 * time.Millisecond, 100 * time.Millisecond
	leaveTime              = 2 * time.Second
)

var errTooManyDrivers = errors.New("too many drivers: a run has at most 1024")

// newBarrier joins a run of so many phases. tell is called while it waits for an earlier one.
func newBarrier(ctx context.Context, ids func(context.Context) (*remote.Client, error), run string, n, phases int, lease time.Duration, tell func()) (*barrier, error) {
	client, err := ids(ctx)
	if err != nil {
		return nil, err
	}
	b := &barrier{client: client, prefix: "barrier:" + run, n: n, phases: phases, lease: lease, gone: make(chan struct{}), turn: make(chan struct{}, 1)}
	err = b.create(ctx)
	if err == nil {
		err = b.afterAnother(ctx, tell)
	}
	if err == nil {
		_, err = b.enter(ctx, 0, 2*lease)
	}
	if err != nil {
		client.Close()
		return nil, fmt.Errorf("%s: %w", b.prefix, err)
	}
	living, stop := context.WithCancel(context.WithoutCancel(ctx))
	b.stop = stop
	go b.stayOn(living)
	return b, nil
}

func (b *barrier) create(ctx context.Context) error {
	return b.client.Create(ctx, b.prefix, mostDrivers*mostPhases, -1, "")
}

// afterAnother waits while drivers are at the end of a run before: they have not all gone, and who came now would
// find all phases over.
func (b *barrier) afterAnother(ctx context.Context, tell func()) error {
	end := uint64(b.phases) + 1
	for {
		there, err := b.count(ctx, end, end+1)
		if err != nil || there == 0 {
			return err
		}
		tell()
		if err := pause(ctx, longWaited); err != nil {
			return err
		}
	}
}

// enter gets an ID of a range, and keeps it.
func (b *barrier) enter(ctx context.Context, of uint64, lease time.Duration) (*stay, error) {
	s := &stay{which: remote.HandOut{Prefix: b.prefix, Min: of * mostDrivers, Max: (of + 1) * mostDrivers, Lease: lease}}
	return s, b.alone(ctx, func() error {
		err := b.claim(ctx, s)
		if err == nil {
			b.stays = append(b.stays, s)
		}
		return err
	})
}

// alone has the stays for itself.
func (b *barrier) alone(ctx context.Context, do func() error) error {
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-b.turn }()
	return do()
}

// claim gets the ID of a stay. The last driver of an earlier run may have removed the prefix just now.
func (b *barrier) claim(ctx context.Context, s *stay) error {
	if err := b.create(ctx); err != nil {
		return err
	}
	got, err := b.client.Claim(ctx, &s.which, nil, 1)
	if err == nil && len(got.IDs) == 0 {
		err = errTooManyDrivers
	}
	if err == nil {
		s.token = got.Token
	}
	return err
}

// exit gives an ID back.
func (b *barrier) exit(ctx context.Context, s *stay) error {
	return b.alone(ctx, func() error {
		b.stays = slices.DeleteFunc(b.stays, func(one *stay) bool { return one == s })
		err := b.client.Release(ctx, s.token)
		if remote.IsNoLease(err) || passes(err) {
			return nil // it ends by time
		}
		return err
	})
}

// renew renews the leases. One that has ended is made again: this process stood still, or its prefix was removed.
func (b *barrier) renew(ctx context.Context) error {
	return b.alone(ctx, func() error {
		for _, s := range b.stays {
			err := b.client.Renew(ctx, s.token, s.which.Lease)
			if remote.IsNoLease(err) {
				err = b.claim(ctx, s)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// stayOn renews the leases until leave.
func (b *barrier) stayOn(ctx context.Context) {
	defer close(b.gone)
	tick := time.NewTicker(b.lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = b.renew(ctx) // it is tried again with the next tick
		}
	}
}

// unvisited tells whether nobody has arrived at a phase. Until this driver does, nobody begins it then: who arrives from now on counts
// this one among those that are there.
func (b *barrier) unvisited(ctx context.Context, phase int) (bool, error) {
	k := uint64(phase) + 1
	n, err := b.count(ctx, k, mostPhases)
	return n == 0, err
}

// arrive says that this driver is ready for a phase, and waits until all are. over tells that others have begun
// a later one without it, which came late or stood still: this phase is not to be run. tell is told how many are there,
// of how many.
func (b *barrier) arrive(ctx context.Context, phase int, tell func(here, of int)) (over bool, err error) {
	k := uint64(phase) + 1
	later, err := b.count(ctx, k+1, mostPhases)
	if err != nil || later > 0 {
		return later > 0, err
	}
	before := b.at
	if b.at, err = b.enter(ctx, k, b.lease); err != nil {
		return false, err
	}
	for pause := soonWaited; ; pause = min(2*pause, longWaited) {
		// In this order: this one is there, and who comes meanwhile is waited for.
		var arrived, of uint64
		err := b.renew(ctx)
		if err == nil {
			arrived, err = b.count(ctx, k, k+1)
		}
		if err == nil {
			of, err = b.count(ctx, 0, 1)
		}
		if phase == 0 {
			of = max(of, uint64(b.n))
		}
		switch {
		case err != nil && (!passes(err) || ctx.Err() != nil):
			return false, err
		case err == nil && arrived >= of:
			if before != nil { // who has arrived here has seen all that he waited for there
				err = b.exit(ctx, before)
			}
			return false, err
		case err == nil:
			tell(int(arrived), int(of))
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// count counts the drivers in ranges.
func (b *barrier) count(ctx context.Context, from, to uint64) (uint64, error) {
	h := remote.HandOut{Prefix: b.prefix, Min: from * mostDrivers, Max: to * mostDrivers}
	free, err := b.client.CountOf(ctx, &h, false)
	return h.Max - h.Min - free, err
}

// leave says that this driver is gone. The last one removes the prefix; who comes in the same moment makes it again.
func (b *barrier) leave() {
	b.stop()
	<-b.gone
	defer b.client.Close()
	ctx, end := context.WithTimeout(context.Background(), leaveTime)
	defer end()
	for _, s := range slices.Clone(b.stays) {
		_ = b.exit(ctx, s) // else it ends by time
	}
	if n, err := b.count(ctx, 0, mostPhases); err == nil && n == 0 {
		_, _ = b.client.Do(ctx, "PT.DROP", b.prefix)
	}
}

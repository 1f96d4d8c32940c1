package driver

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
)

// mend puts right what a lost lease has left, when it is time.
func (f *feeder) mend() {
	if f.failed != nil || time.Now().Before(f.mendAt) {
		return
	}
	changed, more, err := f.source.mend()
	f.lost.Add(changed)
	if f.mendAt = (time.Time{}); more {
		f.mendAt = time.Now().Add(longPause)
	}
	if err != nil {
		f.fails(err)
	}
}

// settleAll settles what has come back.
func (f *feeder) settleAll() {
	for b := f.back.takeAll(); b != nil; {
		behind := b.behind
		f.settleOne(b)
		b = behind
	}
}

func (f *feeder) settleOne(b *batch) {
	if b.token != "" {
		f.unused[0] += uint64(len(b.ids) - b.next) // with a lease there is one class
		if at := slices.Index(f.held, b); at >= 0 {
			f.held = slices.Delete(f.held, at, at+1)
		}
		if f.failed == nil {
			lost, err := f.source.settle(b)
			f.lost.Add(lost)
			if err != nil {
				f.fails(err)
			}
		}
		f.slowDown(b)
	}
	b.behind = nil
	f.free = append(f.free, b)
}

// slowDown has a store that refuses all be asked less often: the same IDs come back.
func (f *feeder) slowDown(b *batch) {
	switch now := time.Now(); {
	case b.done() > 0:
		f.refused = time.Time{}
	case len(b.undone) == 0:
	case f.refused.IsZero():
		f.refused = now
	case now.Sub(f.refused) > f.lease:
		f.fails(fmt.Errorf("the store has refused every %s for %v", f.op.Name, f.lease))
	default:
		f.idle[0] = now.Add(min(now.Sub(f.refused), longRefused))
	}
}

// renewAll renews leases of which a third is over.
func (f *feeder) renewAll() {
	for f.failed == nil && len(f.held) > 0 {
		b := f.held[0]
		if time.Since(b.renewed) < f.lease/3 {
			return
		}
		f.held = slices.Delete(f.held, 0, 1)
		switch alive, err := f.renew(b); {
		case err != nil:
			f.fails(err)
		case alive:
			f.held = append(f.held, b)
		}
	}
}

// renew gives the lease of a batch its time again, or notes that it has ended.
func (f *feeder) renew(b *batch) (alive bool, err error) {
	var now time.Time
	_, err = f.ask(func(ctx context.Context) error {
		now = time.Now()
		return f.client.Renew(ctx, b.token, f.lease)
	})
	if remote.IsNoLease(err) {
		b.lost.Store(true)
		return false, nil
	}
	b.renewed = now
	return err == nil, err
}

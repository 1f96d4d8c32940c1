package reconcile

import (
	"context"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

const (
	gatherFor  = 2 * time.Second // until all primaries are heard: each that is heard again is a gap
	gatherLook = 50 * time.Millisecond
	busyLook   = 200 * time.Millisecond
	latestTry  = 30 * time.Second
)

// catchUp repairs the prefixes of which something was missed, one after the other: a repair that began after the gap
// has seen what happened before it. One that cannot be repaired now holds up no other. IDs that are in flight while the
// repair looks become suspects.
func (f *follower) catchUp(ctx context.Context) {
	for ctx.Err() == nil {
		turn, end := context.WithTimeout(ctx, f.untilTry())
		select {
		case <-f.turn:
		case <-turn.Done():
		}
		end()
		f.gather(ctx)
		for _, p := range f.prefixes {
			if p.behind() && !time.Now().Before(p.tryAt) {
				p.tried(f.repair(ctx, p))
			}
		}
	}
}

// untilTry returns how long nothing is to be repaired, if nothing is missed until then.
func (f *follower) untilTry() time.Duration {
	least := time.Hour
	for _, p := range f.prefixes {
		if p.behind() {
			least = min(least, time.Until(p.tryAt))
		}
	}
	return least
}

// tried notes how a repair has ended.
func (p *followed) tried(well bool) {
	if well {
		p.wait, p.tryAt = 0, time.Time{}
		return
	}
	p.wait = min(max(2*p.wait, busyLook), latestTry)
	p.tryAt = time.Now().Add(p.wait)
}

// gather waits until all primaries are heard, but not for long.
func (f *follower) gather(ctx context.Context) {
	for began := time.Now(); time.Since(began) < gatherFor && f.heard.Load() < max(1, f.primaries.Load()); {
		if pause(ctx, gatherLook) != nil {
			return
		}
	}
}

// repair repairs p and tells whether that has brought it up to the gaps of before.
func (f *follower) repair(ctx context.Context, p *followed) bool {
	wanted := p.wanted.Load()
	id, err := f.Start(Request{Prefix: p.prefix, Mode: Repair, aloft: func(ids []uint64) { p.doubt(f, nil, ids) }})
	if err != nil {
		return false // another job is at work on it, perhaps since before the gap
	}
	job, err := f.Wait(ctx, id)
	if err != nil || job.State != "done" {
		return false
	}
	p.repaired.Store(wanted)
	return true
}

// loaded is told of a job that has ended. A load adds what it has found a while ago, whatever has been heard since.
func (f *follower) loaded(job observe.SyncJob) {
	if job.Mode != Load.String() || job.Added == 0 || job.DryRun || job.Store != f.store.String() {
		return
	}
	for _, p := range f.prefixes {
		if p.prefix == job.Prefix {
			p.missed(f)
		}
	}
}

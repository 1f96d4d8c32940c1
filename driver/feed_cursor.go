package driver

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/workload"
)

// passed is a source of IDs of a cursor, which all drivers of a run share. Those of a take are to exist no more; until
// they are confirmed they do.
type passed struct {
	*feeder
	which remote.HandOut
	name  string
	takes bool
	none  bool // of the few that there are: there is no cursor
	gone  uint64
	hasty []uint64 // that were removed without a lease
}

// cursorName is that of an operation, for all drivers of a run.
func cursorName(run string, phase int, op string) string {
	return fmt.Sprintf("%s%s", cursorNames(run, phase), op)
}

// cursorNames is how the names of all cursors of a phase begin, and of no other run's: its name may have a colon in it.
func cursorNames(run string, phase int) string { return fmt.Sprintf("run:%q:%d:", run, phase) }

func newPassed(ctx context.Context, f *feeder, h remote.HandOut, gone uint64) (source, error) {
	run := f.feedOptions.run
	if run == "" {
		run = rand.Text()
	}
	c := f.op.Choose
	p := &passed{feeder: f, which: h, name: cursorName(run, f.phase, f.op.Name), takes: c.Way == workload.Take, gone: gone}
	limit, err := limitOf(ctx, f.client, &h, c.Limit)
	if p.none = limit == 0 && c.Limit.Is != workload.NoAmount; p.none || err != nil {
		return p, err
	}
	return p, f.client.OpenCursor(ctx, &p.which, remote.Cursor{Name: p.name, Random: c.Random, Seed: f.seed, Loop: c.Loop, Limit: limit})
}

// limitOf is how many IDs an amount of those that exist is, for a cursor that is not open yet.
func limitOf(ctx context.Context, c *remote.Client, h *remote.HandOut, a workload.Amount) (limit uint64, err error) {
	var there uint64
	if a.Is == workload.IsPart {
		there, err = c.CountOf(ctx, h, true)
	}
	return a.Of(there), err
}

func (p *passed) fetch(b *batch, n, _ int) (over bool, err error) {
	if p.none {
		return true, nil
	}
	got, err := p.handOut(b, p.gone, func(ctx context.Context) (remote.Handed, error) {
		return p.client.NextOfCursor(ctx, p.name, &p.which, b.ids, n)
	})
	return err == nil && len(got.IDs) == 0 && !got.NotYet, err
}

func (p *passed) settle(b *batch) (lost uint64, err error) {
	if p.takes && b.done() > 0 {
		return p.settleTaken(b)
	}
	alive, repeated, err := p.confirm(b)
	if alive || err != nil || repeated && time.Since(b.renewed) < p.lease {
		return 0, err
	}
	return uint64(b.done()), nil // others do it again
}

// settleTaken removes what was done from the tracker and confirms it in one step: an ID that is removed and not confirmed
// would not count in the limit, and one that is confirmed and not removed would exist for ever. The lease is renewed
// before, so that it has all of its time left. When it has ended nothing is removed: others get the IDs, find
// their keys deleted, and confirm.
func (p *passed) settleTaken(b *batch) (lost uint64, err error) {
	did, back := b.did(nil), b.back(nil)
	var alive bool
	repeated, err := p.ask(func(ctx context.Context) (err error) {
		if alive = !b.lost.Load(); alive {
			alive, err = p.renew(b)
		}
		if alive && err == nil {
			err = p.client.ConfirmRemoved(ctx, p.prefix, b.token, did, back)
		}
		return err
	})
	switch {
	case remote.IsNoLease(err):
		return uint64(len(did)), p.undo(did)
	case err == nil && !alive && !repeated: // else it was confirmed, and the answer is lost
		lost = uint64(len(did))
	}
	return lost, err
}

// undo has IDs exist again that were removed as the lease ended, after all of its time, between its renewal and that: the
// cursor would give others in their place. Now it gives them again. Their keys are deleted in any case, so they are removed at the end,
// if somebody has come by before they were back.
func (p *passed) undo(ids []uint64) error {
	p.hasty = append(p.hasty, ids...)
	_, err := p.ask(func(ctx context.Context) error {
		_, err := p.client.AddIDs(ctx, p.prefix, ids)
		return err
	})
	return err
}

func (*passed) mend() (uint64, bool, error) { return 0, false, nil }

func (p *passed) close() error {
	for ids := range slices.Chunk(p.hasty, batchMost) {
		if _, err := p.ask(func(ctx context.Context) error {
			_, err := p.client.RemoveIDs(ctx, p.prefix, ids)
			return err
		}); err != nil {
			return err
		}
	}
	if p.feedOptions.run != "" {
		return nil // others are at it, perhaps
	}
	_, err := p.ask(func(ctx context.Context) error { return p.client.CloseCursor(ctx, p.name) })
	return err
}

// closeCursors ends the cursors of a phase of a run, when all its drivers have left it.
func closeCursors(ctx context.Context, c *remote.Client, run string, phase int) error {
	names, err := c.Cursors(ctx)
	for _, name := range names {
		if err == nil && strings.HasPrefix(name, cursorNames(run, phase)) {
			err = c.CloseCursor(ctx, name)
		}
	}
	return err
}

package driver

import (
	"context"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
)

// leased is a source of IDs in flight: those of a claim are to exist, those of a take are not to.
type leased struct {
	*feeder
	which remote.HandOut
	// give hands IDs out; right does to IDs what their confirmation would have done, as far as nobody else
	// does it, and tells how many it was done to.
	give  func(ctx context.Context, h *remote.HandOut, dst []uint64, n int) (remote.Handed, error)
	right func(ctx context.Context, prefix string, ids []uint64) (uint64, error)
	// goal is what all IDs are when nothing is left: existing after claims.
	goal bool
	gone uint64 // leases of the prefix that had ended when it began
	// unsure are IDs that were done under a lease that had ended, and may not be as they are to be.
	unsure []uint64
}

func newClaims(f *feeder, h remote.HandOut, gone uint64) source {
	return &leased{feeder: f, which: h, give: f.client.Claim, right: f.client.AddIDs, goal: true, gone: gone}
}

func (l *leased) fetch(b *batch, n, _ int) (over bool, err error) {
	got, err := l.handOut(b, l.gone, func(ctx context.Context) (remote.Handed, error) {
		return l.give(ctx, &l.which, b.ids, n)
	})
	if err != nil || len(got.IDs) > 0 || !l.alone {
		return false, err
	}
	return l.nothingLeft()
}

// handOut asks for IDs for a batch.
func (f *feeder) handOut(b *batch, gone uint64, give func(ctx context.Context) (remote.Handed, error)) (got remote.Handed, err error) {
	_, err = f.ask(func(ctx context.Context) (err error) {
		b.renewed = time.Now()
		got, err = give(ctx)
		return err
	})
	if err != nil {
		return got, err
	}
	b.ids, b.token = got.IDs, got.Token
	if ended := got.Expired - min(gone, got.Expired); ended > 0 {
		f.expired.Store(ended)
		b.again = true
	}
	return got, nil
}

// nothingLeft tells whether all IDs are as they are to be. That nothing was handed out says less: others may have the
// rest in flight, and one of them may be gone. Once it is true it stays true, as nothing goes the other way; so it does not
// matter that IDs are counted one after the other.
func (l *leased) nothingLeft() (bool, error) {
	var are, all uint64
	_, err := l.ask(func(ctx context.Context) (err error) {
		if are, err = l.client.CountOf(ctx, &l.which, l.goal); err == nil {
			all, err = countAll(ctx, l.client, l.which)
		}
		return err
	})
	return are == all && err == nil, err
}

// countAll counts the IDs that may be handed out at all, in whatever state.
func countAll(ctx context.Context, c *remote.Client, h remote.HandOut) (uint64, error) {
	in := remote.HandOut{Prefix: h.Only, Min: h.Min, Max: h.Max, Except: h.Except}
	switch {
	case h.Only != "":
		return c.CountOf(ctx, &in, true)
	case h.Except != "":
		in.Prefix, in.Except = h.Except, ""
		n, err := c.CountOf(ctx, &in, true)
		return h.Max - h.Min - n, err
	}
	return h.Max - h.Min, nil
}

// settle confirms what was done. A lease that has ended is nothing to be confirmed: see the package's comment.
func (l *leased) settle(b *batch) (lost uint64, err error) {
	alive, repeated, err := l.confirm(b)
	if alive || err != nil {
		return 0, err
	}
	if !l.alone {
		if repeated && time.Since(b.renewed) < l.lease {
			return 0, nil // its time was not over: somebody was told that it is confirmed, and not heard
		}
		return uint64(b.done()), nil
	}
	l.unsure = b.did(l.unsure)
	return 0, nil
}

// mend does to IDs whose lease has ended what their confirmation would have done. One that is in flight is not changed by
// that: the end of its lease is known before it is given back, and then somebody else may have it, who brings it to
// the same or gives it back. So this goes on until all are as they are to be. changed is how many were not.
func (l *leased) mend() (changed uint64, more bool, err error) {
	ids := l.unsure[:min(len(l.unsure), batchMost)]
	if len(ids) == 0 {
		return 0, false, nil
	}
	var left []uint64
	_, err = l.ask(func(ctx context.Context) error {
		n, err := l.right(ctx, l.prefix, ids)
		if changed += n; err == nil {
			left, err = l.client.AreNot(ctx, l.prefix, ids, l.goal)
		}
		return err
	})
	if err == nil {
		l.unsure = append(l.unsure[len(ids):], left...)
	}
	return changed, len(l.unsure) > 0, err
}

// confirm confirms what was done of a batch and gives the rest back. alive is false if it is something and the lease has
// ended, repeated if this may be because it was confirmed before.
func (f *feeder) confirm(b *batch) (alive, repeated bool, err error) {
	some := b.done() > 0
	if b.lost.Load() {
		return !some, false, nil
	}
	f.scratch = b.back(f.scratch[:0])
	repeated, err = f.ask(func(ctx context.Context) error {
		if !some {
			return f.client.Release(ctx, b.token)
		}
		return f.client.Confirm(ctx, b.token, f.scratch)
	})
	if remote.IsNoLease(err) {
		return !some, repeated, nil
	}
	return err == nil, repeated, err
}

func (l *leased) close() error { return nil }

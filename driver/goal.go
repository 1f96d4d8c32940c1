package driver

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/workload"
)

// goal is the end of a phase that ends with its IDs: how many there were for one of its operations, and how many are
// left.
type goal struct {
	op    int
	all   uint64
	which remote.HandOut
	// exist says which IDs are used up: of all drivers, so that only the tracker knows how many are left.
	exist bool
	left  atomic.Uint64
	// passed: they are not used up, but passed over: each reply is one.
	passed bool
}

// goalEvery is how often the tracker is asked how many IDs are left.
const goalEvery = time.Second

// findGoal returns that of a phase, nil if it has another end or none.
func (p *phase) findGoal(ctx context.Context) (*goal, error) {
	if p.at.Duration > 0 || p.at.Requests > 0 {
		return nil, nil
	}
	for i := range p.at.Ops {
		c := &p.at.Ops[i].Choose
		if c.Way == workload.Sample || c.Loop {
			continue
		}
		g := &goal{op: i, exist: c.Way != workload.Claim, passed: c.Way == workload.Cursor || c.Limit.Is != workload.NoAmount}
		g.which = remote.HandOut{Prefix: p.work.Prefix, Except: c.Except, Only: c.Only}
		g.which.Min, g.which.Max = c.Range(p.space.ids)
		var err error
		if g.all, err = p.client.CountOf(ctx, &g.which, g.exist); err != nil {
			return nil, err
		}
		if c.Limit.Is != workload.NoAmount {
			g.all = min(g.all, c.Limit.Of(g.all))
		}
		g.left.Store(g.all)
		return g, nil
	}
	return nil, nil
}

// follow asks how many are left, from time to time, until end.
func (g *goal) follow(ctx context.Context, client *remote.Client) (end func()) {
	if g == nil || g.passed {
		return func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for pause(ctx, goalEvery) == nil {
			if left, err := client.CountOf(ctx, &g.which, g.exist); err == nil {
				g.left.Store(left)
			}
		}
	}()
	return func() {
		stop()
		<-gone
	}
}

// part is how much is done, below 0 if that is not known. replies are those of this driver.
func (g *goal) part(replies uint64) float64 {
	if g == nil || g.all == 0 {
		return -1
	}
	if !g.passed {
		replies = g.all - min(g.all, g.left.Load())
	}
	return float64(replies) / float64(g.all)
}

package driver

import (
	"context"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/workload"
)

// feed gives the IDs of one operation to the workers. It asks for them ahead, so that a worker does not wait.
type feed interface {
	// take returns the next batch of a class (0 that hit, 1 that miss: of samples only), or none and why.
	take(class int) (*batch, load.State)
	// over tells whether there will never be another ID.
	over() bool
	// settle takes back a batch with no ID on its way; those behind next were not used.
	settle(*batch)
	// close settles all that has come back, gives back what nobody has taken, and ends. Nobody takes or settles
	// from then on. Its error says that something was not settled.
	close(ctx context.Context) error
	// told says what the tracker was asked for, and what went wrong in which way how often. It may be asked at any time.
	told() (Asked, map[string]uint64)
}

// feedOptions are what a feed is made for.
type feedOptions struct {
	ids      func(ctx context.Context) (*remote.Client, error)
	prefix   string
	min, max uint64        // IDs from min to max-1
	lease    time.Duration // what a driver that is gone had is handed out again after it
	run      string        // whose drivers share cursors; "": this one is alone
	phase    int
	op       workload.Op
	seed     uint64
	workers  int
	// alone says that no operation of the phase goes the other way: nothing is taken where is claimed, or claimed where
	// is taken.
	alone bool
	// fleeting says that others of the phase change what was drawn.
	fleeting bool
	// fail is told why the feed cannot go on, once.
	fail context.CancelCauseFunc
}

// newFeed begins to ask for IDs. ctx is for the call alone.
func newFeed(ctx context.Context, o feedOptions) (feed, error) {
	client, err := o.ids(ctx)
	if err != nil {
		return nil, err
	}
	f, err := newFeeder(ctx, o, client)
	if err != nil {
		client.Close()
		return nil, err
	}
	go f.run()
	select { // so that no worker begins with nothing
	case <-f.begun:
	case <-ctx.Done():
	}
	return f, nil
}

func newFeeder(ctx context.Context, o feedOptions, c *remote.Client) (*feeder, error) {
	p, err := c.Prefix(ctx, o.prefix)
	if err != nil {
		return nil, err
	}
	if p.MaxID > 0 {
		o.max = min(o.max, p.MaxID)
	}
	f := &feeder{feedOptions: o, client: c, classes: []int{0},
		bell: make(chan struct{}, 1), begun: make(chan struct{}), quit: make(chan struct{}), gone: make(chan struct{})}
	for i := range f.ready {
		f.pace[i].span = batchTime
		if o.fleeting {
			f.pace[i].span = shortTime
		}
		f.ready[i] = make(chan *batch, o.workers+1+aheadMost)
	}
	f.ctx, f.giveUp = context.WithCancel(context.WithoutCancel(ctx))
	choose := o.op.Choose
	which := remote.HandOut{Prefix: o.prefix, Min: o.min, Max: o.max, Except: choose.Except, Only: choose.Only, Lease: o.lease}
	switch {
	case choose.Way == workload.Claim:
		f.source = newClaims(f, which, p.Expired)
	case choose.Way == workload.Take && choose.Limit.Is == workload.NoAmount && !choose.Random:
		f.source = newTakes(f, which, p.Expired)
	case choose.Way == workload.Sample:
		f.source = newDrawn(f, which)
		f.classes = classesOf(choose.Hit)
	default:
		f.source, err = newPassed(ctx, f, which, p.Expired)
	}
	return f, err
}

// classesOf are the classes of IDs that a ratio of those that exist needs.
func classesOf(hit float64) (classes []int) {
	if hit > 0 {
		classes = append(classes, 0)
	}
	if hit < 1 {
		classes = append(classes, 1)
	}
	return classes
}

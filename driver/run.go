package driver

import (
	"context"
	"fmt"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/workload"
)

// Run runs all phases and returns what was seen of each, also with an error: of those that were begun. When ctx ends
// it settles what is done, tells the tracker, and returns.
func Run(ctx context.Context, w *workload.Workload, o Options) ([]Result, error) {
	r := &runner{work: w, o: o}
	defer r.end()
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	for i := range w.Phases {
		if err := r.phase(ctx, i); err != nil {
			return r.results, fmt.Errorf("phase %s: %w", w.Phases[i].Name, err)
		}
	}
	return r.results, r.part(ctx)
}

// mostWaited is half of how long others wait for a driver that is gone, at most. Where all leases are shorter, so is this.
const mostWaited = 10 * time.Second

func barrierLease(phases []workload.Phase) (longest time.Duration) {
	for i := range phases {
		longest = max(longest, phases[i].Lease)
	}
	if longest == 0 {
		return mostWaited
	}
	return min(longest, mostWaited)
}

// runner runs the phases of a workload.
type runner struct {
	work *workload.Workload
	o    Options

	client  *remote.Client // for all but IDs
	space   space
	values  *workload.Values
	ways    store.Ways
	route   *store.Route
	barrier *barrier // nil: nobody is waited for
	results []Result
}

func (r *runner) begin(ctx context.Context) (err error) {
	if r.o.Tell == nil {
		r.o.Tell = func(Progress) {}
	}
	if r.client, err = r.o.IDs(ctx); err != nil {
		return err
	}
	if r.space, err = findSpace(ctx, r.client, r.work); err != nil {
		return fmt.Errorf("prefix %q: %w", r.work.Prefix, err)
	}
	r.values = r.work.Values()
	r.ways = r.o.Store.(store.Ways) // as every store that is opened
	if r.route, err = r.ways.Route(ctx); err != nil {
		return err
	}
	if r.o.Barrier > 0 {
		r.barrier, err = newBarrier(ctx, r.o.IDs, r.o.Run, r.o.Barrier, len(r.work.Phases), barrierLease(r.work.Phases), func() {
			r.o.Tell(Progress{Phase: &r.work.Phases[0], Phases: len(r.work.Phases), State: "waiting for the end of an earlier run"})
		})
	}
	return err
}

func (r *runner) end() {
	if r.barrier != nil {
		r.barrier.leave()
	}
	if r.client != nil {
		r.client.Close()
	}
}

// phase waits until it may begin and runs it.
func (r *runner) phase(ctx context.Context, i int) error {
	p := &phase{runner: r, at: &r.work.Phases[i], progress: Progress{Phase: &r.work.Phases[i], Index: i, Phases: len(r.work.Phases)}}
	if r.barrier != nil {
		if err := r.clear(ctx, i); err != nil {
			return err
		}
		wait := func(here, of int) { p.tell(fmt.Sprintf("waiting for %d of %d drivers", of-here, of)) }
		over, err := r.barrier.arrive(ctx, i, wait)
		if err != nil {
			return err
		}
		if over {
			p.result = p.empty()
			p.result.Expect = unmet(p.at.Expect)
			p.result.Warnings = []string{"not run: the other drivers had gone on without this one"}
			r.results = append(r.results, p.result)
			return nil
		}
		if i > 0 {
			if err := closeCursors(ctx, r.client, r.o.Run, i-1); err != nil {
				return err
			}
		}
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	p.result = p.empty()
	err := p.run(ctx)
	p.result.Expect = p.result.Judge(p.at.Expect)
	r.results = append(r.results, p.result)
	return err
}

// clear ends the cursors of a phase that are there before anybody begins it: those of an earlier run that was cut off. Its
// drivers would go on where that one has ended.
func (r *runner) clear(ctx context.Context, i int) error {
	first, err := r.barrier.unvisited(ctx, i)
	if err != nil || !first {
		return err
	}
	return closeCursors(ctx, r.client, r.o.Run, i)
}

// part waits for the others at the end, and leaves nothing of what they shared.
func (r *runner) part(ctx context.Context) error {
	if r.barrier == nil {
		return nil
	}
	last := len(r.work.Phases)
	wait := func(here, of int) {
		r.o.Tell(Progress{Phase: &r.work.Phases[last-1], Index: last - 1, Phases: last, State: fmt.Sprintf("done, waiting for %d of %d drivers", of-here, of)})
	}
	if _, err := r.barrier.arrive(ctx, last, wait); err != nil {
		return err
	}
	return closeCursors(ctx, r.client, r.o.Run, last-1)
}

// phase is one that is run.
type phase struct {
	*runner
	at       *workload.Phase
	result   Result
	progress Progress
	recent   []figuresAt // the newest last
	// lastSince is when the oldest of them begins.
	lastSince time.Time
	slip      time.Duration
	idle      bool  // there was nothing to do
	mixed     bool  // it has claims and takes
	goal      *goal // nil: it ends otherwise

	ops      []operation // as each worker has them
	sequence *workload.Sequence
	scripts  []*script
}

func (p *phase) run(ctx context.Context) error {
	if p.at.Sync != "" {
		return p.sync(ctx)
	}
	return p.operate(ctx)
}

// empty is the result when nothing was done.
func (p *phase) empty() Result {
	r := Result{Phase: p.at.Name, Began: time.Now(), Drivers: 1, Clients: p.at.Clients, Rate: p.at.Rate}
	for i := range p.at.Ops {
		r.Ops = append(r.Ops, p.at.Ops[i].Name)
		r.Stats.Kinds = append(r.Stats.Kinds, load.NewFigures())
	}
	return r
}

// tell tells how far it is.
func (p *phase) tell(state string) {
	p.progress.State = state
	p.o.Tell(p.progress)
}

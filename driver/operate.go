package driver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

const (
	// patience is how long a store that is out of reach is tried again: a failover takes as long.
	patience = 30 * time.Second
	// lastReplies is how long replies are waited for at the end.
	lastReplies = 10 * time.Second
	// settleTime is how long the tracker is told what was done.
	settleTime = 30 * time.Second
)

// operate runs a phase of operations. Its warm-up is a load of its own, so that none of its replies is counted, and a
// number of requests is exact.
func (p *phase) operate(ctx context.Context) (err error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	before := cpuTime()
	defer func() { p.result.CPU = cpuTime() - before }()
	defer func() { err = errors.Join(err, p.settle(ctx)) }() // before the time is taken
	if err := p.prepare(ctx, fail); err != nil {
		return err
	}
	if p.at.Warmup > 0 {
		if err := p.load(ctx, "warming up", p.at.Warmup, 0); err != nil {
			return err
		}
		before = cpuTime()
		p.forget()
	}
	return p.load(ctx, "running", p.at.Duration, p.at.Requests)
}

// prepare starts the feeds.
func (p *phase) prepare(ctx context.Context, fail context.CancelCauseFunc) error {
	p.sequence = workload.NewSequence(p.at.Ops, p.work.Seed)
	p.mixed = p.has(workload.Claim) && p.has(workload.Take)
	var err error
	if p.goal, err = p.findGoal(ctx); err != nil { // before the feeds have some of the IDs
		return err
	}
	for i := range p.at.Ops {
		op := &p.at.Ops[i]
		o := feedOptions{
			ids: p.o.IDs, prefix: p.work.Prefix, lease: p.at.Lease, phase: p.progress.Index, op: *op,
			seed: p.work.Seed, workers: p.threads(), fail: fail,
			alone:    !p.mixed,
			fleeting: op.Choose.Way == workload.Sample && (p.has(workload.Claim) || p.has(workload.Take)),
		}
		if p.barrier != nil {
			o.run = p.o.Run
		}
		o.min, o.max = op.Choose.Range(p.space.ids)
		f, err := newFeed(ctx, o)
		if err != nil {
			return fmt.Errorf("%s: %w", op.Name, err)
		}
		p.ops = append(p.ops, operation{Op: op, feed: f})
	}
	return nil
}

func (p *phase) threads() int { return min(p.at.Threads, p.at.Clients) }

// load has the operations sent until so much time is over, or so many are done, or nothing is left, or ctx ends.
func (p *phase) load(ctx context.Context, state string, limit time.Duration, requests uint64) error {
	places := &places{all: requests, workers: uint64(p.threads())}
	p.scripts = make([]*script, p.threads())
	for i := range p.scripts {
		ops := append([]operation(nil), p.ops...)
		for i := range ops {
			ops[i].writer = ops[i].Command.NewWriter(p.space.keys, p.values)
		}
		s := newScript(places, p.sequence, ops)
		s.verify, s.untilEmpty, s.spread, s.mixed = p.at.Verify, p.at.UntilEmpty, p.route.Spread(), p.mixed
		s.endless = limit == 0 && requests == 0
		p.scripts[i] = s
	}
	config := load.Config{
		Clients: p.at.Clients, Threads: p.threads(), Pipeline: p.at.Pipeline, Rate: p.at.Rate,
		Kinds: len(p.ops), Bodies: p.at.Verify, Patience: patience,
		Dial: p.ways.Dial, Route: p.route,
		Script: func(worker int) load.Script { return p.scripts[worker] },
	}
	l, err := load.Start(ctx, config)
	if err != nil {
		return p.why(ctx, err)
	}
	defer p.goal.follow(ctx, p.client)()
	err = p.watch(ctx, l, &watch{state: state, limit: limit, requests: requests, began: time.Now()})
	p.result.Cut = 0
	for _, s := range p.scripts {
		s.leave()
		p.result.Cut += s.cut()
	}
	return p.why(ctx, err)
}

// why is the reason for an end: ctx knows more than who was ended by it.
func (p *phase) why(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// forget has what was seen so far not count.
func (p *phase) forget() {
	p.result.Stats = p.empty().Stats
	p.recent, p.slip = nil, 0
}

// settle has the feeds tell the tracker what was done, also when ctx has ended.
func (p *phase) settle(ctx context.Context) (err error) {
	p.tell("settling")
	ctx, end := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer end()
	for i := range p.ops {
		f := p.ops[i].feed
		if e := f.close(ctx); e != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", p.ops[i].Name, e))
		}
		asked, faults := f.told()
		p.result.Asked.add(asked)
		for what, n := range faults {
			p.result.Stats.Kinds[i].Faults[what] = &load.Fault{Count: n}
		}
	}
	p.result.Warnings = p.warnings()
	return err
}

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// plan is how to measure.
type plan struct {
	pairs       int
	length      time.Duration // of one measurement
	connections int
	threads     int
	short       bool
}

// warmUp is how long a load runs before it is measured.
func (p plan) warmUp() time.Duration {
	return min(max(p.length/4, 100*time.Millisecond), time.Second)
}

// bench measures rows.
type bench struct {
	plan     plan
	programs programs
	dir      string // for logs
	progress progress
}

// contestant is a program with its side of a row.
type contestant struct {
	program program
	side    side
	who     string
}

// contestants returns who takes turns on r: this server first.
func (b *bench) contestants(r *row) []contestant {
	all := []contestant{{b.programs.ours, r.ours, b.programs.ours.name}}
	switch {
	case r.against == "":
	case r.itself:
		all = append(all, contestant{b.programs.ours, r.theirs, "itself, " + r.against})
	default:
		for _, p := range b.programs.rivals {
			who := p.name
			if !p.kin {
				who += " " + r.against
			}
			all = append(all, contestant{p, r.theirs, who})
		}
	}
	return all
}

// measure fills in r.series. A row that fails keeps its error, to be shown
// where its figures would be.
func (b *bench) measure(ctx context.Context, r *row, where string) error {
	if ctx.Err() != nil {
		return nil // the rows before it are worth printing
	}
	where += ": " + r.name()
	var err error
	if r.halfPeak {
		r.rate, err = b.halfOfPeak(ctx, r, where)
	}
	if err == nil {
		r.series, err = b.turns(ctx, r, b.plan.pairs, where)
	}
	if ctx.Err() != nil {
		r.series = nil
		return nil
	}
	if err != nil {
		r.series, r.err = nil, err
		return fmt.Errorf("%s: %w", r.name(), err)
	}
	return nil
}

// turns measures all contestants pairs times, in turns.
func (b *bench) turns(ctx context.Context, r *row, pairs int, where string) ([]series, error) {
	all := b.contestants(r)
	found := make([]series, len(all))
	for pair := range pairs {
		for i, c := range all {
			b.progress.say("%s: pair %d of %d, %s", where, pair+1, pairs, c.program.name)
			m, err := b.once(ctx, c, r.rate)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.program.name, err)
			}
			found[i].who = c.who
			found[i].results = append(found[i].results, m)
		}
	}
	return found, nil
}

// once starts a server, measures one load and stops the server.
func (b *bench) once(ctx context.Context, c contestant, rate float64) (r result, err error) {
	s, err := start(ctx, c.program, b.dir)
	if err != nil {
		return result{}, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if c.side.prepare != nil {
		if err := c.side.prepare(ctx, s.client); err != nil {
			return result{}, err
		}
	}
	t := trial{
		command: c.side.command, reply: c.side.reply, pipeline: c.side.pipeline,
		connections: b.plan.connections, threads: b.plan.threads, rate: rate,
	}
	if c.side.connections > 0 {
		t.connections = c.side.connections
		t.threads = min(t.threads, t.connections)
	}
	if r, err = t.run(ctx, s, b.plan.warmUp(), b.plan.length); err != nil {
		return result{}, s.explain(err)
	}
	if c.side.check != nil {
		if err := c.side.check(ctx, s.client, r); err != nil {
			return result{}, err
		}
	}
	return r, nil
}

// halfOfPeak returns half of what the slowest contestant of r can do.
func (b *bench) halfOfPeak(ctx context.Context, r *row, where string) (float64, error) {
	const enough = 3
	peaks, err := b.turns(ctx, r, min(b.plan.pairs, enough), where+": peak rates")
	if err != nil {
		return 0, err
	}
	lowest := math.Inf(1)
	for _, s := range peaks {
		lowest = min(lowest, spreadOf(each(s.results, result.perSecond)).median)
	}
	return lowest / 2, nil
}

package driver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

const (
	tellEvery = 250 * time.Millisecond
	// recentTime is what the latest figures are of.
	recentTime = time.Second
	// vainTime is how long a store may refuse all that it is asked for, or no ID be there that could be asked for.
	vainTime = 5 * time.Second
)

var (
	errNoIDs   = errors.New("there is no ID that its operations could ask for")
	errRefused = errors.New("the store refuses all")
	errSilent  = errors.New("the store has answered nothing")
)

// watch is how one load is watched: until when, and what it has come to.
type watch struct {
	state    string
	limit    time.Duration
	requests uint64
	began    time.Time
	answered time.Time // when there last was a reply that is no error
	refused  bool      // there was one that is, since
}

// figuresAt is what was seen until a moment since that before it.
type figuresAt struct {
	stats load.Stats
	until time.Time
}

// watch waits for the end of a load, tells how it goes, and ends it when it is time.
func (p *phase) watch(ctx context.Context, l *load.Load, w *watch) (err error) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	var over <-chan time.Time
	if w.limit > 0 {
		timer := time.NewTimer(w.limit)
		defer timer.Stop()
		over = timer.C
	}
	w.answered = w.began
	var last load.Stats
	for going := true; going; {
		select {
		case <-tick.C:
			last = l.Take()
			p.count(w, &last)
			if err = p.vain(w, &last); err != nil {
				going = false
			}
			continue
		case <-over:
		case <-ctx.Done():
		case <-l.Ended():
		}
		going = false
	}
	// How far behind an open loop is it is now, and not when all that is due was let go.
	last = l.Take()
	p.count(w, &last)
	stopping, end := context.WithTimeout(context.WithoutCancel(ctx), lastReplies)
	defer end()
	stopped := l.Stop(stopping)
	rest := l.Take()
	rest.Backlog, rest.Behind = last.Backlog, last.Behind
	p.count(w, &rest)
	if err == nil {
		err = stopped
	}
	p.idle = err == nil && ctx.Err() == nil && replies(&p.result.Stats) == 0
	if why := p.firstFault(); p.idle && why != "" {
		p.idle, err = false, fmt.Errorf("%w: %s", errSilent, why)
	}
	return err
}

// count adds what was seen since the last time.
func (p *phase) count(w *watch, s *load.Stats) {
	now := time.Now()
	p.result.Stats.Merge(s)
	p.result.Took = now.Sub(w.began)
	p.slip = max(p.slip, s.Behind)
	if len(p.recent) == 0 {
		p.lastSince = w.began
	}
	p.recent = append(p.recent, figuresAt{*s, now})
	for len(p.recent) > 1 && now.Sub(p.recent[0].until) >= recentTime {
		p.lastSince = p.recent[0].until
		p.recent = p.recent[1:]
	}
	var last load.Stats
	for i := range p.recent {
		last.Merge(&p.recent[i].stats)
	}
	g := &p.progress
	g.Last, g.Total, g.Took, g.Elapsed = last, p.result.Stats, p.result.Took, now.Sub(p.result.Began)
	g.LastTook = now.Sub(p.lastSince)
	g.Part, g.Left = p.part(w)
	p.tell(w.state)
}

// part is how much of a load is done, and how long the rest will take.
func (p *phase) part(w *watch) (part float64, left time.Duration) {
	took, done := p.result.Took, replies(&p.result.Stats)
	part = -1
	if p.goal != nil && w.limit == 0 && w.requests == 0 {
		part = p.goal.part(p.result.Stats.Kinds[p.goal.op].Replies())
	}
	if w.limit > 0 {
		part = float64(took) / float64(w.limit)
	}
	if w.requests > 0 {
		part = max(part, float64(done)/float64(w.requests))
	}
	if part = min(part, 1); part > 0 {
		left = time.Duration(float64(took) * (1 - part) / part)
	}
	return part, left
}

func replies(s *load.Stats) (n uint64) {
	for i := range s.Kinds {
		n += s.Kinds[i].Replies()
	}
	return n
}

// vain tells whether a load comes to nothing, and would for ever.
func (p *phase) vain(w *watch, s *load.Stats) error {
	now := time.Now()
	if all, failed := replies(s), outcomes(s, load.Failed); failed == all {
		w.refused = w.refused || failed > 0
	} else {
		w.answered, w.refused = now, false
	}
	switch {
	case now.Sub(w.answered) < vainTime:
	case w.refused:
		return fmt.Errorf("%w: %s", errRefused, p.firstFault())
	case s.Starved == 0 || s.Sent > 0:
	case p.mixed && now.Sub(w.answered) < vainTime+p.at.Lease: // one that is gone may have some
	case p.mixed, !p.has(workload.Claim) && !p.has(workload.Take) && !p.has(workload.Cursor):
		return errNoIDs
	case w.limit == 0 && p.samplesLeft():
		return errNoIDs
	}
	return nil
}

// samplesLeft tells whether only samples can still have IDs: what they draw from comes no more.
func (p *phase) samplesLeft() bool {
	return !slices.ContainsFunc(p.ops, func(o operation) bool { return o.Choose.Way != workload.Sample && !o.feed.over() })
}

// has tells whether an operation of the phase has its IDs chosen in a way.
func (p *phase) has(way workload.Way) bool {
	return slices.ContainsFunc(p.at.Ops, func(o workload.Op) bool { return o.Choose.Way == way })
}

func (p *phase) firstFault() string {
	for i := range p.result.Stats.Kinds {
		for _, f := range p.result.Stats.Kinds[i].Faults {
			if f.First != "" {
				return f.First
			}
		}
	}
	return ""
}

func outcomes(s *load.Stats, o load.Outcome) (n uint64) {
	for i := range s.Kinds {
		n += s.Kinds[i].Outcomes[o]
	}
	return n
}

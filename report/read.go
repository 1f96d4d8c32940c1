package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/load"
)

var (
	errVersion   = errors.New("it is of another version")
	errHistogram = errors.New("its histogram is not one of ours")
	errCounts    = errors.New("its histogram has another number of replies than it")
	errMany      = errors.New("there is more of it than any run has")
)

// What a run cannot have more of. Sums of what is less do not run over.
const (
	mostPhases  = 256
	mostOps     = 64
	mostReplies = 1 << 50
)

// maxDocument is longer than any that has a use.
const maxDocument = 1 << 28

// Read reads what was written as JSON. All figures are as they were.
func Read(r io.Reader) ([]driver.Result, error) {
	var d document
	text, err := io.ReadAll(io.LimitReader(r, maxDocument))
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil {
		return nil, err
	}
	if d.Version != version {
		return nil, fmt.Errorf("%w: %d, not %d", errVersion, d.Version, version)
	}
	if len(d.Phases) > mostPhases {
		return nil, fmt.Errorf("%w: %d phases", errMany, len(d.Phases))
	}
	results := make([]driver.Result, len(d.Phases))
	for i := range d.Phases {
		if err := d.Phases[i].result(&results[i]); err != nil {
			return nil, fmt.Errorf("phase %q: %w", d.Phases[i].Name, err)
		}
	}
	return results, nil
}

func (p *phaseJSON) result(r *driver.Result) error {
	*r = driver.Result{
		Phase: p.Name, Drivers: p.Drivers, Began: p.Began, Took: time.Duration(p.TookNS), Clients: p.Clients, Rate: p.Rate, Cut: p.Cut,
		CPU: time.Duration(p.CPUNS), Asked: p.Tracker, Sync: p.Sync, Warnings: p.Warnings,
		Stats: load.Stats{
			Sent: p.Sent, Redirected: p.Redirected, Connected: p.Connected, Backlog: p.Backlog,
			Behind: time.Duration(p.BehindNS), Starved: time.Duration(p.StarvedNS),
		},
	}
	if len(p.Ops) > mostOps || p.TookNS < 0 || p.CPUNS < 0 || p.Drivers < 0 || p.Clients < 0 || p.Rate < 0 || p.BehindNS < 0 || p.StarvedNS < 0 {
		return fmt.Errorf("%w, or less than nothing", errMany)
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		f, err := op.figures()
		if err != nil {
			return fmt.Errorf("operation %q: %w", op.Name, err)
		}
		r.Ops = append(r.Ops, op.Name)
		r.Stats.Kinds = append(r.Stats.Kinds, f)
	}
	for _, v := range p.Expect {
		figure := math.NaN()
		if v.Figure != nil {
			figure = *v.Figure
		}
		r.Expect = append(r.Expect, driver.Verdict{Expectation: v.Expectation, Figure: figure, Met: v.Met})
	}
	return nil
}

func (o *opJSON) figures() (load.Figures, error) {
	f := load.NewFigures()
	f.Outcomes[load.Done], f.Outcomes[load.Hit], f.Outcomes[load.Miss] = o.Done, o.Hits, o.Misses
	f.Outcomes[load.Wrong], f.Outcomes[load.Failed] = o.Wrong, o.Failed
	for what, fault := range o.Faults {
		copied := load.Fault(fault)
		f.Faults[what] = &copied
	}
	for _, n := range f.Outcomes {
		if n > mostReplies {
			return f, errMany
		}
	}
	h, err := hdrhistogram.Decode([]byte(o.Histogram))
	if err != nil {
		return f, err
	}
	if h.LowestTrackableValue() != f.Latency.LowestTrackableValue() || h.HighestTrackableValue() != f.Latency.HighestTrackableValue() ||
		h.SignificantFigures() != f.Latency.SignificantFigures() {
		return f, errHistogram
	}
	if uint64(h.TotalCount()) != f.Replies() {
		return f, errCounts
	}
	f.Latency = h
	return f, nil
}

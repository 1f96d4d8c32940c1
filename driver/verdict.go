package driver

import (
	"math"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// Judge tells of each expectation whether it is met.
func (r *Result) Judge(expect []workload.Expectation) []Verdict {
	var verdicts []Verdict
	for _, e := range expect {
		v := Verdict{Expectation: e.String(), Figure: math.NaN()}
		if f := r.figures(e.Op); f != nil {
			v.Figure = r.figure(f, e)
			v.Met = e.Met(v.Figure)
			if e.Figure == "hit" {
				hits, misses := f.Outcomes[load.Hit], f.Outcomes[load.Miss]
				v.Met = e.MetHit(hits, hits+misses, r.Cut+r.sequences(e.Op)-1)
			}
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// sequences is how many have drawn which samples of an operation hit, or of all for "": each may be off by less than one.
func (r *Result) sequences(op string) (n uint64) {
	for i := range r.Stats.Kinds {
		o := &r.Stats.Kinds[i].Outcomes
		if op == r.Ops[i] || op == "" && o[load.Hit]+o[load.Miss] > 0 {
			n++
		}
	}
	return max(n, 1) * uint64(max(r.Drivers, 1))
}

// unmet is the verdict on a phase that was not run: whatever was to be, nobody has seen it.
func unmet(expect []workload.Expectation) (verdicts []Verdict) {
	for _, e := range expect {
		verdicts = append(verdicts, Verdict{Expectation: e.String(), Figure: math.NaN()})
	}
	return verdicts
}

// figures is what was seen of an operation, or of all for "".
func (r *Result) figures(op string) *load.Figures {
	if op == "" {
		all := load.NewFigures()
		for i := range r.Stats.Kinds {
			all.Merge(&r.Stats.Kinds[i])
		}
		return &all
	}
	for i, name := range r.Ops {
		if name == op && i < len(r.Stats.Kinds) {
			return &r.Stats.Kinds[i]
		}
	}
	return nil
}

// figure is one of the figures, NaN if it is not known.
func (r *Result) figure(f *load.Figures, e workload.Expectation) float64 {
	latency := func(ns float64) float64 {
		if f.Replies() == 0 {
			return math.NaN()
		}
		return ns / float64(time.Second)
	}
	switch e.Figure {
	case "hit":
		hits, misses := float64(f.Outcomes[load.Hit]), float64(f.Outcomes[load.Miss])
		return hits / (hits + misses)
	case "ops":
		return float64(f.Replies())
	case "rate":
		return float64(f.Replies()) / r.Took.Seconds()
	case "errors":
		return float64(Errors(f))
	case "misses":
		return float64(f.Outcomes[load.Miss])
	case "wrong":
		return float64(f.Outcomes[load.Wrong])
	case "mean":
		return latency(f.Latency.Mean())
	case "max":
		return latency(float64(f.Latency.Max()))
	}
	if e.Percentile > 0 {
		return latency(float64(f.Latency.ValueAtPercentile(e.Percentile)))
	}
	return math.NaN()
}

// Errors is how many requests had an error for a reply, or none.
func Errors(f *load.Figures) uint64 {
	n := f.Outcomes[load.Failed]
	if lost := f.Faults[load.FaultLost]; lost != nil {
		n += lost.Count
	}
	return n
}

package cli

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// opFigure is what people are shown of one operation.
type opFigure struct {
	name                     string
	replies, misses, errors  uint64
	rate                     float64 // in a second
	asks                     bool    // there is something to hit
	hit                      string  // "" if not
	p50, p90, p99, p999, max time.Duration
}

// opFigures are those of a phase that has been seen for so many seconds.
func opFigures(phase *workload.Phase, s *load.Stats, seconds float64) (all []opFigure) {
	for i := range s.Kinds {
		if i < len(phase.Ops) {
			all = append(all, newOpFigure(phase.Ops[i].Name, &s.Kinds[i], seconds))
		}
	}
	return all
}

func newOpFigure(name string, f *load.Figures, seconds float64) opFigure {
	at := func(percent float64) time.Duration { return time.Duration(f.Latency.ValueAtPercentile(percent)) }
	hits, misses := f.Outcomes[load.Hit], f.Outcomes[load.Miss]
	o := opFigure{
		name: visible(name), replies: f.Replies(), misses: misses, errors: driver.Errors(f) + f.Outcomes[load.Wrong],
		asks: hits+misses > 0, hit: ratio(hits, misses),
		p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: time.Duration(f.Latency.Max()),
	}
	if seconds > 0 {
		o.rate = float64(o.replies) / seconds
	}
	return o
}

// ratio is the part that hits are of all, in digits that say 1 only if none has missed, and 0 only if none has hit.
func ratio(hits, misses uint64) string {
	switch {
	case hits+misses == 0:
		return ""
	case misses == 0:
		return "1"
	case hits == 0:
		return "0"
	}
	part := float64(hits) / float64(hits+misses)
	text := strconv.FormatFloat(part, 'f', 6, 64)
	if text == "1.000000" || text == "0.000000" {
		return strconv.FormatFloat(part, 'g', -1, 64)
	}
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	return text
}

// short is a time in three digits: 84.2µs, 1.23ms, 2.1s.
func short(d time.Duration) string {
	if d <= 0 || d >= time.Minute {
		return d.Round(time.Second).String()
	}
	digits := math.Pow10(int(math.Floor(math.Log10(float64(d)))) - 2)
	return time.Duration(math.Round(float64(d)/digits) * digits).String()
}

// columns is a table with numbers in it.
func columns(out io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
}

// perSecond is a rate for people.
func perSecond(n uint64, took time.Duration) string {
	if took <= 0 {
		return "0/s"
	}
	return fmt.Sprintf("%s/s", grouped(uint64(math.Round(float64(n)/took.Seconds()))))
}

// figure is what an expectation is about, for people.
func figure(v driver.Verdict) string {
	e, err := workload.ParseExpectation(v.Expectation)
	switch {
	case math.IsNaN(v.Figure):
		return "not known"
	case err == nil && (e.Percentile > 0 || e.Figure == "mean" || e.Figure == "max"):
		return short(time.Duration(v.Figure * float64(time.Second)))
	}
	return strconv.FormatFloat(v.Figure, 'f', -1, 64)
}

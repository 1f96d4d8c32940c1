//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// printRows writes the tables of the rows that were measured, and why the
// others were not.
func printRows(out io.Writer, rows []*row) error {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r *row) bool { return len(r.series) == 0 && r.err == nil })
	if len(rows) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("## Throughput and server CPU\n\nRatios are ours / theirs: over 1 is good for requests, under 1 for CPU.\n\n")
	line(&b, "work", "against", "requests/s: ours", "theirs", "ratio (min–max)", "goal",
		"server CPU, us per request: ours", "theirs", "ratio (min–max)", "goal")
	line(&b, "---", "---", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:")
	for _, r := range rows {
		r.eachPair(func(p pairing) { line(&b, p.throughputCells()...) })
	}
	b.WriteString("\n## Latency, and who was busy\n\n" +
		"us from sending a batch (at a fixed rate: from when it was due) to each reply. " +
		"Cores are CPU time of the server, and of the load generator beside it, per time: " +
		"a load generator that takes a whole core per thread is itself the limit.\n\n")
	line(&b, "work", "against", "p50: ours", "theirs", "p99: ours", "theirs", "p99.9: ours", "theirs", "ratio of p99.9 (min–max)", "goal",
		"cores, server: ours", "theirs", "cores, load: on ours", "on theirs")
	line(&b, "---", "---", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:")
	for _, r := range rows {
		r.eachPair(func(p pairing) { line(&b, p.latencyCells()...) })
	}
	b.WriteByte('\n')
	for _, r := range rows {
		if text := r.notes(); text != "" {
			fmt.Fprintf(&b, "- %s: %s\n", r.name(), text)
		}
	}
	_, err := fmt.Fprintln(out, b.String())
	return err
}

// pairing is one line of a table: ours and one rival on a row.
type pairing struct {
	*row
	against string
	ours    []result
	theirs  []result // empty where there is no rival
}

func (r *row) eachPair(f func(pairing)) {
	switch {
	case r.err != nil:
		f(pairing{row: r, against: r.against})
	case len(r.series) == 1:
		f(pairing{row: r, ours: r.series[0].results})
	default:
		for _, s := range r.series[1:] {
			f(pairing{row: r, against: s.who, ours: r.series[0].results, theirs: s.results})
		}
	}
}

func (p pairing) throughputCells() []string {
	cells := []string{p.work, orDash(p.against)}
	if p.err != nil {
		return append(cells, failed, dash, dash, dash, dash, dash, dash, dash)
	}
	mark := p.throughput.mark(p.ratio(result.perSecond).median, "")
	if p.idsPerSecond != (goal{}) {
		ids := spreadOf(each(p.ours, result.perSecond)).median * p.idsPerCommand()
		mark = p.idsPerSecond.mark(ids, " IDs/s")
	}
	return append(cells,
		p.rateCell(p.ours), p.rateCell(p.theirs), p.ratioCell(result.perSecond), mark,
		p.cpuCell(p.ours), p.cpuCell(p.theirs), p.ratioCell(result.cpu), p.cpu.mark(p.ratio(result.cpu).median, ""))
}

func (p pairing) latencyCells() []string {
	cells := []string{p.work, orDash(p.against)}
	if p.err != nil {
		return append(cells, failed, dash, dash, dash, dash, dash, dash, dash, dash, dash, dash, dash)
	}
	for _, percent := range []float64{50, 99, 99.9} {
		at := func(r result) float64 { return r.percentile(percent) }
		cells = append(cells, medianCell(p.ours, at), medianCell(p.theirs, at))
	}
	tail := func(r result) float64 { return r.percentile(99.9) }
	return append(cells, p.ratioCell(tail), p.tail.mark(p.ratio(tail).median, ""),
		medianCell(p.ours, result.serverBusy), medianCell(p.theirs, result.serverBusy),
		medianCell(p.ours, result.clientBusy), medianCell(p.theirs, result.clientBusy))
}

func (p pairing) ratio(figure func(result) float64) spread {
	return spreadOf(ratios(each(p.ours, figure), each(p.theirs, figure)))
}

func (p pairing) ratioCell(figure func(result) float64) string {
	if len(p.theirs) == 0 {
		return dash
	}
	s := p.ratio(figure)
	return fmt.Sprintf("%s (%s–%s)", number(s.median), number(s.min), number(s.max))
}

// rateCell is requests per second, and IDs where a request has several.
func (p pairing) rateCell(results []result) string {
	if len(results) == 0 {
		return dash
	}
	v := spreadOf(each(results, result.perSecond)).median
	if p.ids <= 1 {
		return short(v)
	}
	return fmt.Sprintf("%s; %s IDs/s", short(v), short(v*p.idsPerCommand()))
}

// cpuCell is CPU per request, and per ID where a request has several.
func (p pairing) cpuCell(results []result) string {
	if len(results) == 0 {
		return dash
	}
	v := spreadOf(each(results, result.cpu)).median
	if p.ids <= 1 {
		return number(v)
	}
	return fmt.Sprintf("%s; %s ns per ID", number(v), number(v*1e3/p.idsPerCommand()))
}

func medianCell(results []result, figure func(result) float64) string {
	if len(results) == 0 {
		return dash
	}
	return number(spreadOf(each(results, figure)).median)
}

// notes is what a reader of the row must know.
func (r *row) notes() string {
	var all []string
	if r.note != "" {
		all = append(all, r.note)
	}
	if r.err != nil {
		all = append(all, "Failed: "+strings.Join(strings.Fields(r.err.Error()), " "))
	}
	if r.halfPeak && r.err == nil {
		all = append(all, fmt.Sprintf("The rate is %s/s for both, half of the smallest peak.", short(r.rate)))
		for _, s := range r.series {
			// A server that falls behind has a queue, and no tail worth comparing.
			const held = 0.99
			if got := spreadOf(each(s.results, result.perSecond)).min; got < held*r.rate {
				all = append(all, fmt.Sprintf("%s did not hold it: %s/s.", s.who, short(got)))
			}
		}
	}
	return strings.Join(all, " ")
}

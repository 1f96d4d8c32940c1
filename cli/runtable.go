package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/prefixtracker/prefixtracker/driver"
)

// tellRun tells people what was seen of each phase.
func tellRun(out io.Writer, results []driver.Result) {
	for i := range results {
		if i > 0 {
			fmt.Fprintln(out)
		}
		tellPhase(out, &results[i])
	}
}

func tellPhase(out io.Writer, r *driver.Result) {
	if r.Sync != nil {
		tellSynced(out, r.Sync)
	} else {
		tellOps(out, r)
	}
	for _, w := range r.Warnings {
		fmt.Fprintln(out, "warning:", visible(w))
	}
	for _, v := range r.Expect {
		verdict := "as expected"
		if !v.Met {
			verdict = "NOT as expected"
		}
		fmt.Fprintf(out, "%s: %s, %s\n", visible(v.Expectation), figure(v), verdict)
	}
}

// tellOps tells of the operations of a phase.
func tellOps(out io.Writer, r *driver.Result) {
	var all uint64
	for i := range r.Stats.Kinds {
		all += r.Stats.Kinds[i].Replies()
	}
	fmt.Fprintf(out, "%s: %s operations in %s, %s", visible(r.Phase), grouped(all), short(r.Took), perSecond(all, r.Took))
	if r.CPU > 0 && r.Took > 0 {
		fmt.Fprintf(out, "; this program used %.2f processors", r.CPU.Seconds()/r.Took.Seconds())
	}
	fmt.Fprintln(out)
	table := columns(out)
	fmt.Fprintln(table, "operation\tdone\tops/s\thit ratio\tmisses\terrors\tp50\tp90\tp99\tp99.9\tmax\t")
	for i := range min(len(r.Stats.Kinds), len(r.Ops)) {
		o := newOpFigure(r.Ops[i], &r.Stats.Kinds[i], r.Took.Seconds())
		misses := ""
		if o.asks {
			misses = grouped(o.misses)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", o.name, grouped(o.replies), grouped(uint64(o.rate+0.5)),
			o.hit, misses, grouped(o.errors), short(o.p50), short(o.p90), short(o.p99), short(o.p999), short(o.max))
	}
	_ = table.Flush() // whoever cannot be told is not told that
	for i := range min(len(r.Stats.Kinds), len(r.Ops)) {
		faults := r.Stats.Kinds[i].Faults
		for _, what := range slices.Sorted(maps.Keys(faults)) {
			f := faults[what]
			fmt.Fprintf(out, "%s: %s times %s, the first: %s\n", visible(r.Ops[i]), grouped(f.Count), visible(what), visible(f.First))
		}
	}
}

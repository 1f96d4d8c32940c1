package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/load"
)

// writeCSV writes a line for each operation of a phase. What is not known is empty.
func writeCSV(w io.Writer, results []driver.Result) error {
	out := csv.NewWriter(w)
	head := []string{"phase", "op", "began", "seconds", "replies", "per_second", "hits", "misses", "hit_ratio", "wrong", "errors", "min_ms", "mean_ms"}
	for _, p := range percentiles {
		head = append(head, percentileName(p)+"_ms")
	}
	if err := out.Write(append(head, "max_ms")); err != nil {
		return err
	}
	for i := range results {
		r := &results[i]
		for k, name := range r.Ops {
			if err := out.Write(csvLine(r, name, &r.Stats.Kinds[k])); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func csvLine(r *driver.Result, name string, f *load.Figures) []string {
	number := func(n uint64) string { return strconv.FormatUint(n, 10) }
	ratio := func(x float64, digits int) string { return strconv.FormatFloat(x, 'f', digits, 64) }
	hit := ""
	if h, known := hitRatio(f); known {
		hit = ratio(h, -1)
	}
	line := []string{
		shown(r.Phase), shown(name), r.Began.UTC().Format(time.RFC3339), ratio(r.Took.Seconds(), 3),
		number(f.Replies()), ratio(perSecond(f.Replies(), r), 1),
		number(f.Outcomes[load.Hit]), number(f.Outcomes[load.Miss]), hit,
		number(f.Outcomes[load.Wrong]), number(driver.Errors(f)),
	}
	ms := func(ns float64) string {
		if f.Replies() == 0 {
			return ""
		}
		return ratio(ns/float64(time.Millisecond), 3)
	}
	line = append(line, ms(float64(f.Latency.Min())), ms(f.Latency.Mean()))
	for _, p := range percentiles {
		line = append(line, ms(float64(f.Latency.ValueAtPercentile(p))))
	}
	return append(line, ms(float64(f.Latency.Max())))
}

package report

import (
	"fmt"
	"io"
	"time"

	"github.com/prefixtracker/prefixtracker/driver"
)

// hgrmTicks is how many lines there are each time that what is left of the replies halves: as others have it.
const hgrmTicks = 5

// writeHGRM writes the percentiles of each operation of a phase in milliseconds, as HdrHistogram's tools read and
// draw them, below a line that says whose they are.
func writeHGRM(w io.Writer, results []driver.Result) error {
	for i := range results {
		r := &results[i]
		for k, name := range r.Ops {
			if _, err := fmt.Fprintf(w, "#[Phase = %s, Operation = %s]\n", shown(r.Phase), shown(name)); err != nil {
				return err
			}
			if _, err := r.Stats.Kinds[k].Latency.PercentilesPrint(w, hgrmTicks, float64(time.Millisecond)); err != nil {
				return err
			}
		}
	}
	return nil
}

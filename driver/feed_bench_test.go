package driver

import (
	"strconv"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// BenchmarkFeed is what an ID costs this process, from the question to the confirmation, if nothing is done with it.
func BenchmarkFeed(b *testing.B) {
	const n = 1 << 21
	for name, o := range map[string]feedOrders{
		"claim":       {Way: workload.Claim, Alone: true},
		"take":        {Way: workload.Take, Alone: true},
		"take-random": {Way: workload.Take, Random: true},
		"sample":      {Way: workload.Sample},
		"cursor":      {Way: workload.Cursor},
	} {
		b.Run(name, func(b *testing.B) {
			addr := startTrackerAt(b)
			ids := dialer(addr)
			c := dial(b, ids)
			do(b, c, "PT.CREATE vec: MAXID "+strconv.Itoa(n))
			if o.Way != workload.Claim {
				do(b, c, "PT.ADDRANGE vec: 0 "+strconv.Itoa(n))
			}
			o.Max, o.Lease = n, longLease
			f := feedOf(b, ids, o, nil)
			b.ResetTimer()
			before, used := cpuTime(), 0
			for range b.N {
				for got := 0; got < batchMost; {
					batch, state := f.take(0)
					if state == load.Ended {
						closeFeed(b, f)
						b.Fatal("too few IDs: give -benchtime 200x or less")
					}
					if batch == nil {
						time.Sleep(100 * time.Microsecond)
						continue
					}
					got += len(batch.ids)
					used += len(batch.ids)
					useAll(f, batch)
				}
			}
			b.ReportMetric(float64(cpuTime()-before)/float64(used), "cpu-ns/ID")
			b.ReportMetric(float64(b.Elapsed())/float64(used), "ns/ID")
			closeFeed(b, f)
		})
	}
}

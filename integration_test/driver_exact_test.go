package integration_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// TestDriver_HitRatioIsExact: of a number of requests, exactly so many hit as were asked for, whichever part of the keys
// exists, and none that was to miss hits.
func TestDriver_HitRatioIsExact(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const keys, requests = 10_000, 5_003 // a number that no ratio divides
	expected, err := workload.ParseExpectation("hit=0.9")
	if err != nil {
		t.Fatal(err)
	}
	for _, density := range []uint64{1, 50, 99} {
		t.Run(fmt.Sprintf("density %d", density), func(t *testing.T) {
			tracker, redis := startServer(t), startRedis(t)
			o := driverOn(t, tracker, "redis://"+redis.addr)
			fill := phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim}))
			fill.Requests = keys * density / 100
			phases := []workload.Phase{fill}
			ratios := []float64{0, .5, .9, .999, 1}
			for _, ratio := range ratios {
				read := phaseOf(fmt.Sprint("read ", ratio), operation(t, "GET {key}", 1, workload.Choice{Way: workload.Sample, Hit: ratio}))
				read.Requests, read.Verify = requests, true
				phases = append(phases, read)
			}
			timed := phaseOf("timed", operation(t, "GET {key}", 1, workload.Choice{Way: workload.Sample, Hit: .9}))
			timed.Duration, timed.Expect = 300*time.Millisecond, []workload.Expectation{expected}
			results := mustRunPhases(t, o, keys, append(phases, timed)...)
			if f := results[0].Stats.Kinds[0]; f.Replies() != fill.Requests || f.Outcomes[load.Done] != fill.Requests {
				t.Errorf("filled with %d of %d: %v", f.Replies(), fill.Requests, f.Outcomes)
			}
			connect(t, redis.addr).mustDo(t, "DBSIZE", integer(int(fill.Requests)))
			for i, ratio := range ratios {
				f := results[i+1].Stats.Kinds[0]
				hits := f.Outcomes[load.Hit]
				if f.Replies() != requests || hits+f.Outcomes[load.Miss] != requests || math.Abs(float64(hits)-ratio*requests) >= 1 || len(f.Faults) > 0 {
					t.Errorf("ratio %v: %d hits of %d, %v, faults %v", ratio, hits, f.Replies(), f.Outcomes, f.Faults)
				}
			}
			// Of a phase that ends by time, workers leave some places undone, those among them that waited for IDs.
			if r := results[len(phases)]; r.Failed() || r.Cut > 66*uint64(timed.Threads) || r.Stats.Kinds[0].Replies() == 0 {
				t.Errorf("for a time: %v, cut %d, %+v", r.Stats.Kinds[0].Outcomes, r.Cut, r.Expect)
			}
		})
	}
}

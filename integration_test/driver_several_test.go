package integration_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/report"
	"github.com/prefixtracker/prefixtracker/workload"
)

// TestDriver_SeveralShareOneSpace: three that begin each phase together write each key once, pass each once, delete half of
// them and not one more, and agree on what the store has. What they saw, merged, is the whole.
func TestDriver_SeveralShareOneSpace(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const keys, drivers = 30_000, 3
	tracker, redis := startServer(t), startRedis(t)
	half := workload.Amount{Is: workload.IsPart, Part: 500_000}
	remove := phaseOf("delete", operation(t, "DEL {key}", 1, workload.Choice{Way: workload.Take, Limit: half}))
	hits, err := workload.ParseExpectation("hit=1")
	if err != nil {
		t.Fatal(err)
	}
	remove.Expect = []workload.Expectation{hits}
	w := &workload.Workload{Prefix: "vec:", Keys: keys, Value: workload.Size{Min: 9, Max: 9}, Phases: []workload.Phase{
		phaseOf("fill", operation(t, "SET {key} {value} NX", 1, workload.Choice{Way: workload.Claim})),
		{Name: "verify", Sync: "verify"},
		phaseOf("pass", operation(t, "GET {key}", 1, workload.Choice{Way: workload.Cursor})),
		remove,
		{Name: "verify again", Sync: "verify"},
	}}
	runs := make([][]driver.Result, drivers)
	var all sync.WaitGroup
	for i := range runs {
		o := driverOn(t, tracker, "redis://"+redis.addr)
		o.Barrier, o.Run = drivers, "three"
		all.Go(func() {
			results, err := driver.Run(t.Context(), w, o)
			if err != nil {
				t.Error(err)
			}
			runs[i] = results
		})
	}
	all.Wait()
	// By way of their files, as those of several hosts are.
	for i := range runs {
		var file bytes.Buffer
		if err := report.Write(&file, "json", runs[i]); err != nil {
			t.Fatal(err)
		}
		if runs[i], err = report.Read(&file); err != nil {
			t.Fatal(err)
		}
	}
	merged, err := report.Merge(runs...)
	if err != nil {
		t.Fatal(err)
	}
	for phase, want := range map[int]struct {
		outcome load.Outcome
		n       uint64
	}{0: {load.Done, keys}, 2: {load.Hit, keys}, 3: {load.Hit, keys / 2}} {
		if f := merged[phase].Stats.Kinds[0]; f.Outcomes[want.outcome] != want.n || f.Replies() != want.n || len(f.Faults) > 0 {
			t.Errorf("%s: %v, faults %v", merged[phase].Phase, f.Outcomes, f.Faults)
		}
	}
	for i := range merged {
		if merged[i].Failed() || merged[i].Drivers != drivers {
			t.Errorf("%s has failed, or is of %d drivers: %+v %+v", merged[i].Phase, merged[i].Drivers, merged[i].Expect, merged[i].Sync)
		}
	}
	connect(t, redis.addr).mustDo(t, "DBSIZE", integer(keys/2))
	c := connect(t, tracker.addr)
	c.mustDo(t, "PT.CURSOR LIST", array())
	c.mustDo(t, "PT.EXISTS barrier:three 0", integer(0))
}

// TestDriver_BeginsAnew: a run that was cut off amid a pass is over, and the next one of its name passes all again.
func TestDriver_BeginsAnew(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const keys = 5000
	tracker, redis := startServer(t), startRedis(t)
	o := driverOn(t, tracker, "redis://"+redis.addr)
	o.Barrier, o.Run = 1, "over: and over"
	fill := phaseOf("fill", operation(t, "SET {key} {value}", 1, workload.Choice{Way: workload.Claim}))
	pass := phaseOf("pass", operation(t, "GET {key}", 1, workload.Choice{Way: workload.Cursor}))
	mustRunPhases(t, o, keys, fill)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	o.Tell = func(p driver.Progress) {
		if len(p.Total.Kinds) > 0 && p.Total.Kinds[0].Replies() > 0 {
			end()
		}
	}
	slow := pass
	slow.Rate = 2000
	w := &workload.Workload{Prefix: "vec:", Keys: keys, Phases: []workload.Phase{slow}}
	cut, err := driver.Run(ctx, w, o)
	if len(cut) != 1 || cut[0].Stats.Kinds[0].Replies() == keys || !errors.Is(err, context.Canceled) {
		t.Fatalf("%d results, %v", len(cut), err)
	}
	o.Tell = nil
	if n := mustRunPhases(t, o, keys, pass)[0].Stats.Kinds[0].Outcomes[load.Hit]; n != keys {
		t.Errorf("%d of %d were passed", n, keys)
	}
}

package driver

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// TestFeed_Samples: each class gives IDs of its own, and has none while there are none.
func TestFeed_Samples(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	do(t, c, "PT.CREATE vec: MAXID 1000")
	f := feedOf(t, ids, feedOrders{Way: workload.Sample, Max: 1000}, func(o *feedOptions) {
		o.op.Choose.Hit, o.op.Choose.Dist, o.op.Choose.Scramble = 0.5, []string{"ZIPF", "0.99"}, true
	})
	none := mustTake(t, f, 1)
	asked := func() uint64 { a, _ := f.told(); return a.Commands }
	for before := asked(); asked() < before+5; time.Sleep(time.Millisecond) {
		if b, state := f.take(0); b != nil || state != load.Later {
			t.Fatal(b, state)
		}
	}
	do(t, c, "PT.ADDRANGE vec: 500 600")
	some := mustTake(t, f, 0)
	for _, id := range some.ids {
		if id < 500 || id >= 600 {
			t.Errorf("%d does not exist", id)
		}
	}
	f.settle(none)
	f.settle(some)
	closeFeed(t, f)
	isOf(t, c, 100, 0)
}

// TestFeed_CursorIsShared: several drivers of a run get each ID once, and together as many as the first has said.
func TestFeed_CursorIsShared(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	do(t, c, "PT.CREATE vec: MAXID 5000")
	do(t, c, "PT.ADDRANGE vec: 1000 4000")
	o := feedOrders{Way: workload.Take, Max: 5000, Random: true, Run: "x", Limit: workload.Amount{Part: 500000, Is: workload.IsPart}}
	seen := make([]atomic.Int32, 5000)
	first := feedOf(t, ids, o, nil)
	useAll(first, mustTake(t, first, 0))
	eventually(t, "it is confirmed", func() bool { return do(t, c, "PT.COUNT vec:") != int64(3000) })
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			f := feedOf(t, ids, o, nil) // counts fewer than there were
			usedUp(t, f, seen)
			closeFeed(t, f)
		})
	}
	all.Go(func() { usedUp(t, first, seen) })
	all.Wait()
	closeFeed(t, first)
	isOf(t, c, 1500, 0)
	for id := range seen {
		if n := seen[id].Load(); n > 1 {
			t.Errorf("%d was handed out %d times", id, n)
		}
	}
	if err := closeCursors(t.Context(), c, "x", 0); err != nil {
		t.Error(err)
	}
	if names := do(t, c, "PT.CURSOR LIST").([]any); len(names) > 0 {
		t.Error("cursors are left:", names)
	}
	do(t, c, "PT.ADD vec: 5")
	none := feedOf(t, ids, feedOrders{Way: workload.Take, Max: 10, Limit: workload.Amount{Part: 100000, Is: workload.IsPart}}, nil)
	usedUp(t, none, seen)
	closeFeed(t, none)
	isOf(t, c, 1501, 0)
}

// TestFeed_Masks: nothing is left when all that masks let through is done.
func TestFeed_Masks(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	do(t, c, "PT.CREATE vec: MAXID 1000")
	do(t, c, "PT.ADDRANGE keep 100 300")
	do(t, c, "PT.ADDRANGE want 200 500")
	fill := func(way workload.Way, except, only string, exist int64) {
		t.Helper()
		f := feedOf(t, ids, feedOrders{Way: way, Max: 900, Alone: true}, func(o *feedOptions) {
			o.op.Choose.Except, o.op.Choose.Only = except, only
		})
		usedUp(t, f, make([]atomic.Int32, 1000))
		closeFeed(t, f)
		isOf(t, c, exist, 0)
	}
	fill(workload.Claim, "keep", "want", 200)
	fill(workload.Claim, "", "want", 300)
	fill(workload.Take, "want", "", 300)
	fill(workload.Take, "keep", "", 100)
	fill(workload.Claim, "keep", "", 800)
	fill(workload.Claim, "", "", 900)
}

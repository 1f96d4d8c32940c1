package driver

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/workload"
)

// longLease is never over in a test.
const longLease = 10 * time.Minute

// feedOf starts a feed of a tracker.
func feedOf(t testing.TB, ids func(context.Context) (*remote.Client, error), o feedOrders, change func(*feedOptions)) feed {
	t.Helper()
	if o.Lease == 0 {
		o.Lease = longLease
	}
	options := o.options()
	options.ids = ids
	options.fail = func(err error) { t.Error(err) }
	if change != nil {
		change(&options)
	}
	f, err := newFeed(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func closeFeed(t testing.TB, f feed) {
	t.Helper()
	if err := f.close(t.Context()); err != nil {
		t.Error(err)
	}
}

// mustTake waits for a batch of a feed.
func mustTake(t *testing.T, f feed, class int) (b *batch) {
	t.Helper()
	eventually(t, "a batch", func() bool {
		var state load.State
		if b, state = f.take(class); state == load.Ended {
			t.Fatal("it has ended")
		}
		return b != nil
	})
	return b
}

// useAll uses all of a batch.
func useAll(f feed, b *batch) {
	b.next = len(b.ids)
	f.settle(b)
}

// usedUp uses all IDs of a feed until its end, and returns how often each was handed out.
func usedUp(t *testing.T, f feed, seen []atomic.Int32) {
	for end := time.Now().Add(patienceOfTests); ; {
		b, state := f.take(0)
		switch {
		case b != nil:
			for _, id := range b.ids {
				seen[id].Add(1)
			}
			useAll(f, b)
		case state == load.Ended:
			return
		case time.Now().After(end):
			t.Error("no end")
			return
		default:
			time.Sleep(time.Millisecond)
		}
	}
}

// isOf counts the IDs that exist and those in flight.
func isOf(t *testing.T, c *remote.Client, exist, leased int64) {
	t.Helper()
	if n := do(t, c, "PT.COUNT vec:"); n != exist {
		t.Errorf("%v IDs exist, not %d", n, exist)
	}
	fields := do(t, c, "PT.INFO vec:").([]any)
	for i := 0; i < len(fields); i += 2 {
		if string(fields[i].([]byte)) == "leased" && fields[i+1] != leased {
			t.Errorf("%v IDs are in flight, not %d", fields[i+1], leased)
		}
	}
}

// TestFeed_NothingLeft: a feed has not ended while another one has IDs that may come back, and ends when all are settled.
func TestFeed_NothingLeft(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	for name, o := range map[string]struct {
		orders feedOrders
		full   bool
		exist  int64
	}{
		"claims":      {feedOrders{Way: workload.Claim, Max: 100, Alone: true}, false, 100},
		"takes":       {feedOrders{Way: workload.Take, Max: 100, Alone: true}, true, 0},
		"cursor":      {feedOrders{Way: workload.Cursor, Max: 100, Run: "a"}, true, 100},
		"cursortakes": {feedOrders{Way: workload.Take, Max: 100, Random: true, Run: "b"}, true, 0},
	} {
		do(t, c, "PT.DROP vec:")
		do(t, c, "PT.CREATE vec: MAXID 100")
		if o.full {
			do(t, c, "PT.ADDRANGE vec: 0 100")
		}
		slow := feedOf(t, ids, o.orders, nil)
		held := mustTake(t, slow, 0)
		// All the others are another one's.
		other := feedOf(t, ids, o.orders, nil)
		seen := make([]atomic.Int32, 100)
		for n := len(held.ids); n < 100; {
			for _, f := range []feed{slow, other} {
				if b, state := f.take(0); b != nil {
					n += len(b.ids)
					useAll(f, b)
				} else if state == load.Ended {
					t.Fatalf("%s: it has ended, and %d IDs are to be had", name, 100-n)
				}
			}
		}
		asked := func() uint64 { a, _ := other.told(); return a.Commands }
		for before := asked(); asked() < before+10; {
			if b, state := other.take(0); b != nil || state != load.Later {
				t.Fatalf("%s: %v, %v, and others have %d IDs", name, b, state, len(held.ids))
			}
			time.Sleep(time.Millisecond)
		}
		// What is not used comes back, and goes to the other one.
		held.next = 1
		slow.settle(held)
		go usedUp(t, slow, seen)
		usedUp(t, other, seen)
		eventually(t, "the end of both", func() bool { _, state := slow.take(0); return state == load.Ended })
		closeFeed(t, slow)
		closeFeed(t, other)
		isOf(t, c, o.exist, 0)
	}
}

// TestFeed_CloseSettles: what is done is confirmed, what was refused or not used is given back.
func TestFeed_CloseSettles(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	do(t, c, "PT.CREATE vec: MAXID 100000")
	for _, o := range []feedOrders{{Way: workload.Claim}, {Way: workload.Take}, {Way: workload.Take, Random: true}} {
		exist := do(t, c, "PT.COUNT vec:").(int64)
		o.Max = 100000
		f := feedOf(t, ids, o, nil)
		change, changed := int64(1), []int64{}
		if o.Way == workload.Take {
			change = -1
		}
		first := mustTake(t, f, 0)
		first.next = 10
		first.undone = append(first.undone, first.ids[3], first.ids[7])
		for i, id := range first.ids {
			if i < 10 && i != 3 && i != 7 {
				changed = append(changed, int64(id))
			}
		}
		second := mustTake(t, f, 0)
		if second.ids[0] == first.ids[0] {
			t.Error("twice the same IDs")
		}
		all := int64(len(second.ids)) // its feed uses it again
		useAll(f, second)
		f.settle(first)
		third := mustTake(t, f, 0)
		f.settle(third)
		closeFeed(t, f)
		isOf(t, c, exist+change*(8+all), 0)
		for _, id := range changed {
			is := int64(0)
			if o.Way == workload.Claim {
				is = 1
			}
			if got := do(t, c, "PT.EXISTS vec: "+strconv.FormatInt(id, 10)); got != is {
				t.Errorf("%v: %d: %v", o, id, got)
			}
		}
		if asked, faults := f.told(); len(faults) > 0 || asked.IDs == 0 {
			t.Error(asked, faults)
		}
		if o.Way == workload.Claim {
			do(t, c, "PT.ADDRANGE vec: 0 50000")
		}
	}
	if names := do(t, c, "PT.CURSOR LIST").([]any); len(names) > 0 {
		t.Error("cursors are left:", names)
	}
}

// TestFeed_ConnectionsBreak: whatever question the tracker's answer to is lost, all ends as it is to, and no lease is
// lost.
func TestFeed_ConnectionsBreak(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	const n = 20000
	c := dial(t, ids)
	for _, o := range []feedOrders{
		{Way: workload.Claim, Alone: true},
		{Way: workload.Claim}, // with others that take: what was confirmed must be told by the time
		{Way: workload.Take, Alone: true},
		{Way: workload.Take, Random: true, Run: "r", Limit: workload.Amount{Number: n / 2, Is: workload.IsNumber}},
	} {
		do(t, c, "PT.DROP vec:")
		do(t, c, "PT.CREATE vec: MAXID "+strconv.Itoa(n))
		exist := int64(n)
		if o.Way == workload.Take {
			do(t, c, "PT.ADDRANGE vec: 0 "+strconv.Itoa(n))
			exist = 0
		}
		if o.Run != "" {
			exist = n / 2
		}
		o.Max, o.Lease = n, 2*time.Second // an answer that is lost may have handed out IDs
		f := feedOf(t, ids, o, nil)
		var broken atomic.Int32
		done := make(chan struct{})
		var killer sync.WaitGroup
		killer.Go(func() {
			for had := uint64(0); ; {
				select {
				case <-done:
					return
				default:
				}
				asked, _ := f.told()
				if asked.IDs == had { // else nothing might ever get through
					time.Sleep(100 * time.Microsecond)
					continue
				}
				had = asked.IDs
				if killed, err := c.Do(context.Background(), "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"); err == nil && killed != int64(0) {
					broken.Add(1)
				}
			}
		})
		if o.Alone || o.Run != "" {
			usedUp(t, f, make([]atomic.Int32, n))
		} else {
			for settled := 0; settled < n; {
				b := mustTake(t, f, 0)
				settled += len(b.ids)
				useAll(f, b)
				eventually(t, "it is confirmed", func() bool { return do(t, c, "PT.COUNT vec:") == int64(settled) || settled > n/2 })
				if settled > n/2 {
					exist = int64(settled)
					break
				}
			}
		}
		close(done)
		killer.Wait()
		closeFeed(t, f)
		if n := do(t, c, "PT.COUNT vec:"); n != exist {
			t.Errorf("%+v: %v IDs exist, not %d", o, n, exist)
		}
		if _, faults := f.told(); faults["lease lost"] > 0 {
			t.Errorf("%+v: %v", o, faults)
		}
		if broken.Load() < 3 {
			t.Error(broken.Load(), "connections were broken: this tests nothing")
		}
	}
}

// TestFeed_TakesNothingFromTheHeap: a worker neither allocates nor waits.
func TestFeed_TakesNothingFromTheHeap(t *testing.T) {
	ids := startTracker(t)
	c := dial(t, ids)
	do(t, c, "PT.CREATE vec: MAXID 100000000")
	f := feedOf(t, ids, feedOrders{Way: workload.Claim, Max: 100000000}, nil).(*feeder)
	f.ended.Store(true) // nothing is asked for any more
	b := new(batch)
	if n := testing.AllocsPerRun(1000, func() {
		f.ready[0] <- b
		got, _ := f.take(0)
		got.next = len(got.ids)
		f.settle(got)
		f.take(0)
	}); n > 0 {
		t.Error(n, "allocations")
	}
	closeFeed(t, f)
}

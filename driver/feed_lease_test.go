package driver

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/workload"
)

// TestFeed_LostLease: what was done under a lease that has ended is put right where that can be known, and said in any
// case; what was not used is somebody else's.
func TestFeed_LostLease(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	const n = 1000
	for name, o := range map[string]struct {
		orders feedOrders
		exist  int // beside those that were done
		done   int // what becomes of each that was done
	}{
		"claim":            {feedOrders{Way: workload.Claim, Alone: true}, 0, 1},
		"claim with takes": {feedOrders{Way: workload.Claim}, 0, 0},
		"take":             {feedOrders{Way: workload.Take, Alone: true}, n, -1},
		"take with claims": {feedOrders{Way: workload.Take}, n, 0},
		"take by a cursor": {feedOrders{Way: workload.Take, Random: true}, n, 0}, // it comes again
		"cursor":           {feedOrders{Way: workload.Cursor}, n, 0},
	} {
		for _, notices := range []bool{false, true} {
			do(t, c, "PT.DROP vec:")
			do(t, c, "PT.CREATE vec: MAXID "+strconv.Itoa(n))
			if o.exist > 0 {
				do(t, c, "PT.ADDRANGE vec: 0 "+strconv.Itoa(n))
			}
			o.orders.Max = n
			if notices {
				o.orders.Lease = 100 * time.Millisecond
			}
			f := feedOf(t, ids, o.orders, nil)
			b := mustTake(t, f, 0)
			b.next = 10
			b.undone = append(b.undone, b.ids[9])
			for !remote.IsNoLease(c.Renew(t.Context(), b.token, time.Millisecond)) { // as if this process stood still for long
				time.Sleep(2 * time.Millisecond)
			}
			if notices {
				eventually(t, "the worker is told", func() bool { return !b.more() })
			}
			f.settle(b)
			closeFeed(t, f)
			isOf(t, c, int64(o.exist+9*o.done), 0)
			if asked, faults := f.told(); faults["lease lost"] != 9 {
				t.Errorf("%s: %v %v", name, asked, faults)
			}
		}
	}
}

// TestFeed_LostAndClaimed: what others have in flight when it is to be put right is so when they have given it back.
func TestFeed_LostAndClaimed(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	for _, way := range []workload.Way{workload.Claim, workload.Take} {
		do(t, c, "PT.DROP vec:")
		do(t, c, "PT.CREATE vec: MAXID 1000")
		again, want := c.Claim, int64(16)
		if way == workload.Take {
			do(t, c, "PT.ADDRANGE vec: 0 1000")
			again, want = c.Take, 1000-16
		}
		f := feedOf(t, ids, feedOrders{Way: way, Max: 1000, Alone: true}, nil)
		b := mustTake(t, f, 0)
		b.next = 16
		eventually(t, "it asks for no more", func() bool { ready := f.(*feeder).ready[0]; return len(ready) == 2 })
		for !remote.IsNoLease(c.Renew(t.Context(), b.token, time.Millisecond)) {
			time.Sleep(2 * time.Millisecond)
		}
		others := remote.HandOut{Prefix: "vec:", Min: b.ids[0], Max: b.ids[0] + 16, Lease: longLease}
		var held []remote.Handed
		eventually(t, "others have them", func() bool {
			got, err := again(t.Context(), &others, nil, 16)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.IDs) > 0 {
				held = append(held, got)
			}
			return len(held) > 0
		})
		asked := func() uint64 { a, _ := f.told(); return a.Commands }
		before := asked()
		f.settle(b)
		eventually(t, "it was tried", func() bool { return asked() > before+4 })
		for _, one := range held {
			if err := c.Release(t.Context(), one.Token); err != nil {
				t.Error(err)
			}
		}
		closeFeed(t, f)
		isOf(t, c, want, 0)
	}
}

// TestFeed_Renews: a lease lives on for as long as a worker has its batch.
func TestFeed_Renews(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	do(t, c, "PT.CREATE vec: MAXID 16")
	f := feedOf(t, ids, feedOrders{Way: workload.Claim, Max: 16, Lease: 1500 * time.Millisecond, Alone: true}, nil)
	b := mustTake(t, f, 0)
	left := func() int64 {
		fields := do(t, c, "PT.LEASES vec:").([]any)[0].([]any)
		for i := 0; i < len(fields); i += 2 {
			if string(fields[i].([]byte)) == "ttl_ms" {
				return fields[i+1].(int64)
			}
		}
		t.Fatal(fields)
		return 0
	}
	for range 2 {
		least := left()
		eventually(t, "the lease is renewed", func() bool {
			now := left()
			least = min(least, now)
			return now > least
		})
	}
	useAll(f, b)
	usedUp(t, f, nil)
	closeFeed(t, f)
	isOf(t, c, 16, 0)
}

// TestFeed_Refuses: what a store refuses is tried again, and a store that refuses all for longer than a lease ends it.
func TestFeed_Refuses(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	do(t, c, "PT.CREATE vec: MAXID 1000")
	failed := make(chan error, 1)
	o := feedOrders{Way: workload.Claim, Max: 1000, Lease: 200 * time.Millisecond, Alone: true}
	f := feedOf(t, ids, o, func(o *feedOptions) { o.fail = func(err error) { failed <- err } })
	for refused := 0; ; {
		b, state := f.take(0)
		if b != nil {
			b.next = len(b.ids)
			b.undone = append(b.undone, b.ids...)
			f.settle(b)
			refused += len(b.ids)
		} else if state == load.Ended {
			if refused < 2000 {
				t.Error("it has ended with", refused)
			}
			break
		} else {
			time.Sleep(time.Millisecond)
		}
	}
	if err := <-failed; err == nil || f.close(t.Context()) == nil {
		t.Error(err)
	}
	eventually(t, "all is given back", func() bool { return do(t, c, "PT.COUNT vec: UNSET") == int64(1000) })
}

// TestFeed_TrackerGone: a tracker that does not come back ends it, and says why.
func TestFeed_TrackerGone(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	do(t, c, "PT.CREATE vec: MAXID 1000000")
	failed := make(chan error, 1)
	o := feedOrders{Way: workload.Claim, Max: 1000000, Lease: 200 * time.Millisecond, Alone: true}
	f := feedOf(t, ids, o, func(o *feedOptions) { o.fail = func(err error) { failed <- err } })
	b := mustTake(t, f, 0)
	_, _ = c.Do(t.Context(), "SHUTDOWN", "NOW") // no answer
	useAll(f, b)
	if err := <-failed; !errors.Is(err, remote.ErrLost) {
		t.Error(err)
	}
	for state := load.More; state != load.Ended; {
		_, state = f.take(0)
	}
	if err := f.close(t.Context()); !errors.Is(err, remote.ErrLost) {
		t.Error(err)
	}
}

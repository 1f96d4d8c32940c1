package reconcile

import (
	"context"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The questions of a repair with one kind of difference: two of verify's looks, two while it is in flight, one
// afterwards.
const (
	askedInFlight = 3
	askedAgain    = 4
	askedBehind   = 5
)

// A key that comes or goes while its ID is in flight is seen before the ID is confirmed.
func TestRepair_AsksTwiceInFlight(t *testing.T) {
	t.Parallel()
	for _, change := range []int{askedInFlight - 1, askedInFlight} {
		g := newRig(t)
		g.set(1)
		g.add(1, 2)
		g.between.asked = func(n int, keys []string) {
			if n == change {
				g.set(2)
			}
			if s := g.state(2); n > askedInFlight-1 && s == "." {
				t.Errorf("at question %d it is %q: it was removed", n, s)
			}
		}
		if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Stale != 1 || j.Repaired+j.Left != 0 {
			t.Errorf("%+v", j)
		}
		if g.state(2) != "x" {
			t.Error("it was removed")
		}
		g.agree()

		g = newRig(t)
		g.set(1, 2)
		g.add(1)
		g.between.asked = func(n int, keys []string) {
			if n == change {
				g.del(2)
			}
		}
		if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Missing != 1 || j.Repaired+j.Left != 0 {
			t.Errorf("%+v", j)
		}
		g.agree()
	}
}

// While the store is asked nobody else gets the IDs, and whoever has one is not disturbed.
func TestRepair_HoldsWhatItAsksFor(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(10)
	g.add(1)
	worker := g.registry.Caller(nil)
	g.between.asked = func(n int, keys []string) {
		if n <= 4 { // verify's looks at both
			return
		}
		for _, id := range []uint64{1, 10} {
			if keys[0] != key(id) || n == 7 || n == 10 { // behind each
				continue
			}
			if s := g.state(id); s != "~" {
				t.Errorf("%d is %q at question %d, not in flight", id, s, n)
			}
			only := tracker.Range{Min: id, Max: id + 1}
			if got, _ := worker.At("vec:").ClaimNext(nil, only, 1); len(got) > 0 {
				t.Error("claimed")
			}
			if got := worker.At("vec:").TakeNext(nil, only, 1); len(got) > 0 {
				t.Error("taken")
			}
			if worker.At("vec:").Remove([]uint64{id}) > 0 {
				t.Error("removed")
			}
			leases := g.registry.Get("vec:").Leases(nil, 9)
			if len(leases) != 1 || leases[0].Name != "sync" || leases[0].TTL < 30*time.Second {
				t.Errorf("%+v", leases)
			}
		}
	}
	if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Repaired != 2 || j.Left != 0 {
		t.Errorf("%+v", j)
	}
	if n := g.between.asks.Load(); n != 10 {
		t.Error(n, "questions")
	}
	g.agree()
}

// Who removes an ID that is stale, and claims it to write it, right before a repair gets it, keeps it.
func TestRepair_TakesNothingFromAWriter(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(1)
	g.add(1, 2, 3)
	var token string
	g.between.asked = func(n int, keys []string) {
		if n != askedInFlight-1 {
			return
		}
		g.rem(2)
		var err error
		token, _, err = g.caller.At("vec:").LeaseOf(nil, tracker.RunsOf([]uint64{2}), tracker.ClaimLease, tracker.LeaseTerms{TTL: time.Hour})
		if err != nil {
			t.Error(err)
		}
	}
	j := g.done(Request{Prefix: "vec:", Mode: Repair})
	if j.Repaired+j.Left+j.Changing < 1 || g.state(2) != "~" || g.state(3) != "." {
		t.Errorf("%s %s %+v", g.state(2), g.state(3), j)
	}
	g.set(2)
	if n, err := g.caller.Confirm(token, nil); n != 1 || err != nil {
		t.Error(n, err)
	}
	g.agree()
}

// What somebody else has in flight when a repair would have it is left.
func TestRepair_CountsWhatIsLeft(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(10, 11)
	g.add(1, 2)
	h := g.Reconciler.hand()
	pin, _ := g.registry.Pin("vec:")
	w := &work{job: newJob(1, Request{Prefix: "vec:", Mode: Repair}, "", func(error) {}), registry: g.registry, hands: hands{of: g.Reconciler}}
	if err := w.find(g.between); err != nil {
		t.Fatal(err)
	}
	for of, ids := range map[tracker.LeaseKind][]uint64{tracker.TakeLease: {1, 2}, tracker.ClaimLease: {10, 11}} {
		other, err := h.doubt(&pair{pin: pin, keys: w.keys, store: g.between}, of, tracker.RunsOf(ids[:1]), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.mend(t.Context(), of, ids); err != nil {
			t.Fatal(err)
		}
		other.end()
	}
	if w.left.Load() != 2 || w.repaired.Load() != 2 {
		t.Error(w.left.Load(), w.repaired.Load())
	}
}

// Who writes a key and tells the tracker, in the moment between the last question and the confirmation, is told that
// nothing was added, for the ID is in flight. It is not forgotten.
func TestRepair_LooksBack(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(1)
	g.add(1, 2)
	g.between.asked = func(n int, keys []string) {
		if n == askedAgain {
			g.set(2)
			g.add(2)
		}
	}
	if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Repaired != 1 || j.Left != 0 {
		t.Errorf("%+v", j)
	}
	g.agree()

	g = newRig(t)
	g.set(1, 2)
	g.add(1)
	g.between.asked = func(n int, keys []string) {
		if n == askedAgain {
			g.del(2)
		}
	}
	if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Repaired != 0 || j.Left != 1 {
		t.Errorf("%+v", j)
	}
}

// A store that dies while IDs are in flight changes nothing.
func TestRepair_StoreDies(t *testing.T) {
	t.Parallel()
	for _, at := range []int{askedInFlight - 1, askedInFlight} {
		g := newRigThat(t, "?wait=1s")
		g.set(1)
		g.add(1, 2, 3)
		g.between.asked = func(n int, keys []string) {
			if n == at {
				g.Kill()
			}
		}
		j := g.run(Request{Prefix: "vec:", Mode: Repair})
		if j.State != "failed" || j.Error == "" || j.Repaired != 0 || j.Stale != 2 {
			t.Errorf("%+v", j)
		}
		if got := g.state(1) + g.state(2) + g.state(3); got != "xxx" {
			t.Error(got)
		}
		if open, _ := g.registry.CountLeases(); open != 0 {
			t.Error(open, "leases")
		}
		g.Restart(t)
		redistest.Eventually(t, "the store is back", func() bool { _, err := g.Try(t, "PING"); return err == nil })
		g.set(1, 3)
		g.between.asked = nil
		if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Repaired != 1 {
			t.Errorf("%+v", j)
		}
		g.agree()
	}
}

// What is not ours any more when it is to be confirmed is left.
func TestRepair_LosesItsLease(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(1)
	g.add(1, 2)
	g.between.asked = func(n int, keys []string) {
		if n != askedAgain {
			return
		}
		for _, lease := range g.registry.Get("vec:").Leases(nil, 9) {
			if settled, err := g.caller.Release(lease.Token, nil); settled != 1 || err != nil {
				t.Error(settled, err)
			}
		}
	}
	if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Repaired != 0 || j.Left != 1 || g.state(2) != "x" {
		t.Errorf("%s %+v", g.state(2), j)
	}
}

// What was not made right is not taken back from what was, whatever has become of its key.
func TestRepair_CountsWhatItLost(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(1, 20)
	g.add(1, 2)
	g.between.asked = func(n int, keys []string) {
		id := uint64(2)
		if keys[0] == key(20) {
			id = 20
		}
		leases := g.registry.Get("vec:").Leases(nil, 9)
		if n != 6 && n != 8 || len(leases) != 1 { // the last questions in flight
			return
		}
		if settled, err := g.caller.Release(leases[0].Token, nil); settled != 1 || err != nil {
			t.Error(settled, err)
		}
		if id == 2 {
			g.set(2)
		} else {
			g.del(20)
		}
	}
	if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Repaired != 0 || j.Left != 2 {
		t.Errorf("repaired %d, left %d", j.Repaired, j.Left)
	}
	g.agree()
}

// A lease that ends before it is confirmed changes nothing.
func TestDoubt_Lapses(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.add(1, 2)
	pin, _ := g.registry.Pin("vec:")
	h := g.Reconciler.hand()
	d, err := h.doubt(&pair{pin: pin, keys: keysOf(pin.Read(), g.registry), store: g.between}, tracker.TakeLease, tracker.RunsOf([]uint64{1, 2}), time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer d.end()
	if err := d.ask(context.Background()); err != nil {
		t.Fatal(err)
	}
	for g.state(1) == "~" {
		time.Sleep(time.Millisecond)
	}
	if n, err := d.confirm(); n != 0 || err != nil {
		t.Error(n, err)
	}
	if got := g.state(1) + g.state(2); got != "xx" {
		t.Error(got)
	}
}

package reconcile

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// only fails unless these are all that differ.
func (g *rig) only(j observe.SyncJob, stale, missing []string, changing uint64) {
	g.Helper()
	if !slices.Equal(j.StaleKeys, stale) || !slices.Equal(j.MissingKeys, missing) || j.Changing != changing ||
		int(j.Stale) != len(stale) || int(j.Missing) != len(missing) {
		g.Errorf("stale %d %q, missing %d %q, changing %d", j.Stale, j.StaleKeys, j.Missing, j.MissingKeys, j.Changing)
	}
}

// What looks right at one of three looks is no difference.
func TestVerify_LooksThreeTimes(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(1, 10, 11, 12)
	g.add(1, 2, 3, 4)
	// 2 is stale at looks 1 and 3, 3 at looks 1 and 2, 4 at all of them; so are 10, 11 and 12 missing.
	g.between.scanned = func() error { g.set(2); return nil }
	g.between.asked = func(n int, keys []string) {
		switch n {
		case 1: // look 2, of what is stale
			g.add(10)
		case 2: // and of what is missing
			g.del(2)
			g.set(3)
		case 3: // look 3
			g.rem(10)
			g.add(11)
		}
	}
	j := g.done(Request{Prefix: "vec:", Mode: Verify})
	if n := g.between.asks.Load(); n != 4 {
		t.Error(n, "questions")
	}
	g.only(j, []string{key(4)}, []string{key(12)}, 4)
}

// The tracker is looked at before the store is, and behind it: who removes a key and then its ID, in the middle of the last
// look, leaves nothing stale, and who claims an ID that was missing nothing missing.
func TestVerify_LooksAtTheTrackerOnBothSides(t *testing.T) {
	t.Parallel()
	for look := 1; look <= 2; look++ {
		g := newRig(t)
		g.set(10, 11)
		g.add(1, 2)
		g.between.asked = func(n int, keys []string) {
			if n == 2*look-1 {
				g.rem(1)
			} else if n == 2*look {
				g.add(10)
			}
		}
		j := g.done(Request{Prefix: "vec:", Mode: Verify})
		g.only(j, []string{key(2)}, []string{key(11)}, 2)
	}
}

// Nor is an ID stale that did not exist when the look began, or missing that did: a writer may have claimed the one to
// write its key, and is about to add the other again.
func TestVerify_LooksAtTheTrackerBeforeTheStore(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(10, 11)
	g.add(1, 2)
	g.between.asked = func(n int, keys []string) {
		switch n {
		case 2: // behind look 2 of what is stale
			g.rem(1)
		case 3: // in look 3 of it
			g.add(1)
			g.add(10)
		case 4: // in look 3 of what is missing
			g.rem(10)
		}
	}
	j := g.done(Request{Prefix: "vec:", Mode: Verify})
	g.only(j, []string{key(2)}, []string{key(11)}, 2)
}

// An ID in flight is neither stale nor missing, whatever the store has of it, and is not touched.
func TestSync_LeavesAloneWhatIsInFlight(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.addRange(0, 4)
	g.set(0, 1, 6, 7)
	terms := tracker.LeaseTerms{TTL: time.Hour}
	take, _, err := g.caller.At("vec:").LeaseOf(nil, tracker.RunsOf([]uint64{1, 2}), tracker.TakeLease, terms)
	if err != nil {
		t.Fatal(err)
	}
	claim, _, err := g.caller.At("vec:").LeaseOf(nil, tracker.RunsOf([]uint64{5, 6}), tracker.ClaimLease, terms)
	if err != nil {
		t.Fatal(err)
	}
	g.only(g.done(Request{Prefix: "vec:", Mode: Verify}), []string{key(3)}, []string{key(7)}, 0)
	if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Repaired != 2 || j.Left != 0 {
		t.Errorf("%+v", j)
	}
	if j := g.done(Request{Prefix: "vec:", DryRun: true}); j.Added != 0 {
		t.Errorf("%d would be added", j.Added)
	}
	if j := g.done(Request{Prefix: "vec:"}); j.Added != 0 {
		t.Errorf("%d were added", j.Added)
	}
	for id, want := range []string{"x", "~", "~", ".", ".", "~", "~", "x"} {
		if got := g.state(uint64(id)); got != want {
			t.Errorf("%d is %s, not %s", id, got, want)
		}
	}
	if n, _ := g.caller.Release(take, nil); n != 2 {
		t.Error(n, "were outstanding")
	}
	if n, _ := g.caller.Release(claim, nil); n != 2 {
		t.Error(n, "were outstanding")
	}
	// And it is neither when it goes there between two looks.
	g.set(8)
	g.between.asked = func(n int, keys []string) {
		if n != 1 {
			return
		}
		for id, of := range map[uint64]tracker.LeaseKind{2: tracker.TakeLease, 8: tracker.ClaimLease} {
			if _, _, err := g.caller.At("vec:").LeaseOf(nil, tracker.RunsOf([]uint64{id}), of, terms); err != nil {
				t.Error(err)
			}
		}
	}
	g.only(g.done(Request{Prefix: "vec:", Mode: Verify}), nil, []string{key(6)}, 2)
}

// What of the store is out of reach is not stale.
func TestVerify_SaysWhatIsUnknown(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(1, 10)
	g.add(1, 2)
	g.between.scanned = func() error {
		return &store.UnknownError{What: "slots 0-99 of 127.0.0.1:1", Err: errors.New("connection refused")}
	}
	for _, mode := range []Mode{Verify, Repair} {
		j := g.failed(Request{Prefix: "vec:", Mode: mode}, "connection refused")
		if j.Unknown != "slots 0-99 of 127.0.0.1:1" || j.Missing != 1 || j.Stale != 0 || j.Repaired != 0 {
			t.Errorf("%+v", j)
		}
	}
	j := g.failed(Request{Prefix: "vec:"}, "connection refused")
	if j.Unknown == "" || j.Added != 1 || g.state(2) != "x" {
		t.Errorf("%+v", j)
	}
}

// What becomes of the prefix in the middle ends the job, and changes nothing else.
func TestSync_EndsWithItsPrefix(t *testing.T) {
	t.Parallel()
	const replaced, cleared = "dropped, renamed or made anew", "cleared"
	for name, c := range map[string]struct {
		do   func(c *tracker.Caller)
		why  string
		left map[string]uint64
	}{
		"dropped": {func(c *tracker.Caller) { c.Drop("vec:") }, replaced, map[string]uint64{"other:": 3}},
		"made anew": {func(c *tracker.Caller) {
			c.Drop("vec:")
			c.Create("vec:", tracker.Config{MaxID: 1000})
			c.At("vec:").Add([]uint64{2, 5})
		}, replaced, map[string]uint64{"vec:": 2, "other:": 3}},
		"renamed":  {func(c *tracker.Caller) { c.Rename([]byte("vec:"), []byte("old:"), false) }, replaced, map[string]uint64{"old:": 2, "other:": 3}},
		"cleared":  {func(c *tracker.Caller) { c.At("vec:").Clear() }, cleared, map[string]uint64{"vec:": 0, "other:": 3}},
		"replaced": {func(c *tracker.Caller) { c.Copy([]byte("other:"), []byte("vec:"), true, nil) }, replaced, map[string]uint64{"vec:": 3, "other:": 3}},
	} {
		g := newRig(t)
		reset := func() {
			g.between.page, g.between.scanned, g.between.asked = nil, nil, nil
			g.caller.Clear()
			g.add(2, 3)
			g.caller.At("other:").Add([]uint64{2, 3, 4})
		}
		g.set(10, 11)
		check := func(when string, q Request) {
			done := false
			then := func() {
				if !done {
					c.do(g.caller)
					done = true
				}
			}
			switch when {
			case "page":
				g.between.page = then
			case "scanned":
				g.between.scanned = func() error { then(); return nil }
			default:
				g.between.asked = func(n int, _ []string) {
					if n == int(when[0]-'0') {
						then()
					}
				}
			}
			g.failed(q, c.why)
			if !done {
				t.Fatal(name, when, "it has not come so far")
			}
			left := make(map[string]uint64)
			for _, x := range g.registry.All() {
				left[x.Prefix()] = x.Count()
			}
			if !maps.Equal(left, c.left) {
				t.Errorf("%s, %s, %s: %v, not %v", name, q.Mode, when, left, c.left)
			}
			redistest.Eventually(t, "all leases have ended", func() bool {
				open, _ := g.registry.CountLeases()
				return open == 0
			})
		}
		for _, mode := range []Mode{Load, Verify, Repair} {
			for _, when := range []string{"page", "scanned", "1", "2", "3", "4", "5", "6"} {
				if mode == Load && when != "page" && (when != "scanned" || name == "renamed") || mode == Verify && (when == "5" || when == "6") {
					continue
				}
				reset()
				check(when, Request{Prefix: "vec:", Mode: mode})
			}
		}
	}
}

// Nor is one that comes while a verify had none.
func TestVerify_PrefixThatAppears(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(1)
	g.between.scanned = func() error { g.add(1); return nil }
	g.failed(Request{Prefix: "vec:", Mode: Verify}, tracker.ErrReplaced.Error())
}

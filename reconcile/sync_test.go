package reconcile

import (
	"reflect"
	"slices"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// A store that was filled by others, with keys that are none of the prefix, and keys changed behind the tracker's
// back (S7 of the users' stories, smaller).
func TestSync_WarmStartAndDrift(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	const n = 30_000
	g.fill("vec:", 0, n-1)
	g.fill("other:", 0, 999)
	malformed := []string{"vec:", "vec:00012x", "vec:7", "vec:0000007", "vec:{t}:000009", "vec:-00001", "vec:99999999999999999999"}
	for _, k := range malformed {
		g.Do(t, "SET", k, "v")
	}
	would := g.done(Request{Prefix: "vec:", DryRun: true})
	if would.Added != n || g.registry.Len() != 0 {
		t.Fatal("a dry run:", would.Added, g.registry.Prefixes())
	}
	before := g.done(Request{Prefix: "vec:", Mode: Verify})
	if before.Missing != n || before.Stale != 0 || g.registry.Len() != 0 {
		t.Fatal("a verify of what is not there:", before.Missing, before.Stale, g.registry.Prefixes())
	}
	load := g.done(Request{Prefix: "vec:"})
	x := g.registry.Get("vec:")
	if load.Added != n || x.Count() != n || load.Scanned < n+uint64(len(malformed)) || load.Found < n || load.Size != n+1000+uint64(len(malformed)) {
		t.Errorf("%+v", load)
	}
	if load.Visited > load.Size || load.Visited == 0 || load.Unparsable != uint64(len(malformed)) {
		t.Errorf("visited %d of %d, unparsable %d %q", load.Visited, load.Size, load.Unparsable, load.UnparsableKeys)
	}
	for _, k := range load.UnparsableKeys {
		if !slices.Contains(malformed, k) {
			t.Errorf("%q is no malformed key", k)
		}
	}
	if again := g.done(Request{Prefix: "vec:"}); again.Added != 0 {
		t.Error(again.Added, "added again")
	}
	for id := range uint64(500) {
		g.del(id * 7)
	}
	g.fill("vec:", n, n+299)
	was := x.Snapshot
	bits := runsOf(t, was)
	verify := g.done(Request{Prefix: "vec:", Mode: Verify})
	if verify.Stale != 500 || verify.Missing != 300 || verify.Added+verify.Repaired+verify.Left != 0 {
		t.Errorf("%+v", verify)
	}
	if !reflect.DeepEqual(verify.StaleKeys, []string{key(0), key(7), key(14), key(21), key(28), key(35), key(42), key(49), key(56), key(63)}) || verify.MissingKeys[0] != key(n) {
		t.Error(verify.StaleKeys, verify.MissingKeys)
	}
	dry := g.done(Request{Prefix: "vec:", Mode: Repair, DryRun: true})
	if dry.Stale != 500 || dry.Missing != 300 || dry.Repaired+dry.Left != 0 || !slices.Equal(bits, runsOf(t, was)) {
		t.Errorf("something has changed: %+v", dry)
	}
	repair := g.done(Request{Prefix: "vec:", Mode: Repair})
	if repair.Stale != 500 || repair.Missing != 300 || repair.Repaired != 800 || repair.Left != 0 || x.Count() != n-200 {
		t.Errorf("%+v, %d", repair, x.Count())
	}
	g.agree()
	open, expired := g.registry.CountLeases()
	if open+expired != 0 {
		t.Error("leases:", open, expired)
	}
}

func runsOf(t *testing.T, snapshot func([]tracker.Run) (*tracker.Snapshot, error)) []tracker.Run {
	t.Helper()
	s, err := snapshot(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return slices.Collect(s.Runs())
}

// Memory that is used for a while comes back.
func TestSync_GivesItsMemoryBack(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.fill("vec:", 0, 2000)
	g.addRange(1000, 4000)
	g.done(Request{Prefix: "vec:", Mode: Repair}) // with it the prefix has all it needs
	g.agree()
	used := g.books.Used()
	g.agree()
	g.done(Request{Prefix: "vec:", DryRun: true})
	if g.books.Used() != used {
		t.Error(g.books.Used(), "bytes are in use,", used, "before")
	}
}

// A repair makes a prefix that is not there.
func TestRepair_MakesThePrefix(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.fill("vec:", 0, 99)
	if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Repaired != 100 || j.Missing != 100 {
		t.Errorf("%+v", j)
	}
	g.agree()
	if g.done(Request{Prefix: "none:", Mode: Repair}); g.registry.Get("none:") != nil {
		t.Error("a prefix was made for nothing")
	}
	if g.done(Request{Prefix: "none:"}); g.registry.Get("none:") != nil {
		t.Error("a prefix was made for nothing")
	}
	g.Do(t, "MSET", "bad:", "v", "bad:x", "v", "bad:1", "v")
	if j := g.done(Request{Prefix: "bad:"}); j.Unparsable != 3 || j.Added != 0 || g.registry.Get("bad:") != nil {
		t.Errorf("what is no key has made one: %+v", j)
	}
	g.registry.CreateOnlyOnPurpose()
	g.fill("new:", 0, 99)
	g.failed(Request{Prefix: "new:"}, "created first")
	g.failed(Request{Prefix: "new:", Mode: Repair}, "created first")
	if g.registry.Get("new:") != nil {
		t.Error("it was made all the same")
	}
}

// Beyond the bound no ID is added, and none is missing.
func TestSync_OutOfRange(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	if _, err := g.caller.Create("vec:", tracker.Config{MaxID: 50, Width: width}); err != nil {
		t.Fatal(err)
	}
	g.fill("vec:", 0, 99)
	if j := g.done(Request{Prefix: "vec:"}); j.OutOfRange != 50 || j.Added != 50 || j.Unparsable != 0 {
		t.Errorf("%+v", j)
	}
	if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.OutOfRange != 50 || j.Missing+j.Stale != 0 {
		t.Errorf("%+v", j)
	}
	if n := g.registry.Get("vec:").Stats().OutOfRange; n != 0 {
		t.Error("the prefix was asked for", n, "IDs out of range")
	}
}

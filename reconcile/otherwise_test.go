package reconcile

import "testing"

// A store whose keys are written in another way than the prefix writes them has all of its IDs, and none
// of its keys: a repair does not take that for a store that is empty.
func TestRepair_KeysThatAreWrittenOtherwise(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{{"vec:1", "vec:2"}, {"vec:{a}:000001"}, {"vec:000000000001", "vec:about"}} {
		g := newRig(t)
		g.add(1, 2)
		for _, key := range keys {
			g.Do(t, "SET", key, "v")
		}
		if j := g.done(Request{Prefix: "vec:", Mode: Verify}); j.Stale != 2 {
			t.Errorf("%q: %+v", keys, j)
		}
		if j := g.failed(Request{Prefix: "vec:", Mode: Repair}, "written otherwise"); j.Repaired != 0 || g.state(1)+g.state(2) != "xx" {
			t.Errorf("%q: %+v", keys, j)
		}
		// Where there is a key as it should be, the others are somebody else's.
		g.set(1)
		if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Repaired != 1 || g.state(1)+g.state(2) != "x." {
			t.Errorf("%q: %+v", keys, j)
		}
	}
	// What says no ID at all hinders nobody.
	g := newRig(t)
	g.add(1, 2)
	g.Do(t, "MSET", "vec:", "v", "vec:about", "v", "vec:1x", "v", "vec:{a}", "v")
	g.done(Request{Prefix: "vec:", Mode: Repair})
	g.agree()
}

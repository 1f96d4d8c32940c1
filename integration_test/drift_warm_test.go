package integration_test

import (
	"slices"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// malformed begin with the prefix and are no keys of it.
var malformed = []string{"vec:", "vec:12x", "vec:5", "vec:00000000000x", "vec:0000000000007", "vec:{t}:000000000003", "vec:000000000007 ", "vec:-00000000007"}

// TestDrift_WarmStart is the seventh scene: a store that was there before, with keys of others and keys that are none. It is
// loaded; keys come and go behind the tracker's back; verify says which, and changes nothing; repair makes it right.
func TestDrift_WarmStart(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	d := newDrift(t, 100*time.Millisecond, redistest.Start(t))
	const n = 200_000
	set(t, d.redis, keysOf("vec:", 1, n+1, 1)...)
	set(t, d.redis, malformed...)
	set(t, d.redis, keysOf("users:", 0, 1000, 1)...)
	set(t, d.redis, "ve", "vec", "xvec:000000000001", "vec;000000000002")

	// What is to come is told before anything is made.
	would := d.sync(t, "vec: DRYRUN")
	if got := d.admin.mustReply(t, "PT.LIST"); len(got.items) != 0 || would.number("found") != n {
		t.Fatalf("a dry run made %q and says %v", got.raw, would)
	}
	loaded := d.sync(t, "vec: MODE LOAD")
	if loaded.number("found") < n || loaded.number("added") != n || loaded.number("out_of_range") != 0 {
		t.Errorf("the load says %v", loaded)
	}
	// A key may be found twice where the store moves what it has from one table to another.
	if bad := loaded.number("unparsable"); bad < len(malformed) || bad > 2*len(malformed) {
		t.Errorf("%d keys were unparsable, want %d: %v", bad, len(malformed), loaded)
	}
	for _, key := range loaded.keys("unparsable_keys") {
		if !slices.Contains(malformed, key) {
			t.Errorf("%q is said to be unparsable", key)
		}
	}
	d.admin.mustDo(t, "PT.COUNT vec:", integer(n))
	d.admin.mustDo(t, "PT.EXISTS vec: 0", integer(0))
	mustBeEqual(t, d.admin, "vec:", "vec:", d.redis)
	if again := d.sync(t, "vec:"); again.number("added") != 0 {
		t.Errorf("a second load says %v", again)
	}
	d.sync(t, "vec: MODE VERIFY").mustDiffer(0, 0)

	gone, come := keysOf("vec:", 7, 500*300, 300), keysOf("vec:", n+100, n+400, 1)
	del(t, d.redis, gone...)
	set(t, d.redis, come...)
	before := listed(t, d.admin, "vec:")
	changes := d.admin.mustReply(t, "PT.INFO", "vec:").raw
	found := d.sync(t, "vec: MODE VERIFY")
	found.mustDiffer(500, 300)
	dry := d.sync(t, "vec: MODE REPAIR DRYRUN")
	dry.mustDiffer(500, 300)
	for name, from := range map[string][]string{"stale_keys": gone, "missing_keys": come} {
		keys := found.keys(name)
		if len(keys) != 10 {
			t.Errorf("%d examples in %s", len(keys), name)
		}
		for _, key := range keys {
			if !slices.Contains(from, key) {
				t.Errorf("%s has %q", name, key)
			}
		}
	}
	if !slices.Equal(before, listed(t, d.admin, "vec:")) || changes != d.admin.mustReply(t, "PT.INFO", "vec:").raw {
		t.Error("a verify has changed something")
	}

	repaired := d.sync(t, "vec: MODE REPAIR")
	if repaired.mustDiffer(500, 300); repaired.number("repaired") != 800 || repaired.number("left") != 0 {
		t.Errorf("the repair says %v", repaired)
	}
	d.sync(t, "vec: MODE VERIFY").mustDiffer(0, 0)
	if got := mustBeEqual(t, d.admin, "vec:", "vec:", d.redis); got != n-500+300 {
		t.Errorf("%d IDs exist in the end", got)
	}
}

// TestDrift_VerifyMakesNothing: a prefix that the tracker does not have is made by no verify, and a store that is
// empty is believed.
func TestDrift_VerifyMakesNothing(t *testing.T) {
	t.Parallel()
	d := newDrift(t, 50*time.Millisecond, redistest.Start(t))
	set(t, d.redis, keysOf("vec:", 0, 30, 1)...)
	d.sync(t, "vec: MODE VERIFY").mustDiffer(0, 30)
	if got := d.admin.mustReply(t, "PT.LIST"); len(got.items) != 0 {
		t.Fatalf("a verify made %q", got.raw)
	}
	d.sync(t, "vec: MODE REPAIR").mustDiffer(0, 30)
	del(t, d.redis, keysOf("vec:", 0, 30, 1)...)
	if s := d.sync(t, "vec: MODE REPAIR"); s.number("repaired") != 30 {
		t.Errorf("it says %v", s)
	}
	d.admin.mustDo(t, "PT.COUNT vec:", integer(0))
}

package integration_test

import (
	"context"
	"testing"

	"github.com/redis/rueidis"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// moving moves slots back and forth until done says so, and returns how many times.
func moving(t *testing.T, cl *redistest.Cluster, done func() bool) (moves int) {
	t.Helper()
	a, b := cl.Primaries[0], cl.Primaries[1]
	for from, to := a, b; ; from, to = to, from {
		for slot := range 8 {
			if cl.MoveSlot(t, slot, from, to); moves > 8 && done() {
				return moves
			}
			moves++
		}
	}
}

// TestDrift_SlotsMove: slots of a Cluster of three primaries move all the time while a prefix is loaded, verified and repaired. Nothing is
// missed and nothing is made up.
func TestDrift_SlotsMove(t *testing.T) {
	t.Parallel()
	cl := redistest.StartCluster(t, 3, false)
	d := &drift{tracker: startServer(t, "--store", cl.URL(), "--sync-settle", "200ms")}
	d.admin = connect(t, d.tracker.addr)
	n := *driftKeys
	all, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{cl.Primaries[0].Addr}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	redistest.Fill(t, all, "vec:", 0, n-1, 12)
	beside := func(line string) (s said) {
		t.Helper()
		id := d.begin(t, line)
		moves := moving(t, cl, func() bool { return d.status(t, id).text("state") != "running" })
		s = d.mustEnd(t, id)
		t.Logf("%s: %d slots moved beside it, %d keys in %s ms", line, moves, s.number("scanned"), s.text("elapsed_ms"))
		return s
	}
	if s := beside("vec: MODE LOAD"); s.number("added") != n {
		t.Fatalf("it says %v", s)
	}
	beside("vec: MODE VERIFY").mustDiffer(0, 0)
	var stores []*client
	for _, p := range cl.Primaries {
		stores = append(stores, connect(t, p.Addr))
	}
	if got := mustBeEqual(t, d.admin, "vec:", stores...); got != n {
		t.Errorf("%d IDs exist, want %d", got, n)
	}

	for _, key := range keysOf("vec:", 0, 500, 10) {
		if err := all.Do(context.Background(), all.B().Del().Key(key).Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	redistest.Fill(t, all, "vec:", n, n+29, 12)
	beside("vec: MODE VERIFY").mustDiffer(50, 30)
	if s := beside("vec: MODE REPAIR"); s.number("repaired") != 80 || s.number("left") != 0 {
		t.Errorf("it says %v", s)
	}
	d.sync(t, "vec: MODE VERIFY").mustDiffer(0, 0)
	mustBeEqual(t, d.admin, "vec:", stores...)
}

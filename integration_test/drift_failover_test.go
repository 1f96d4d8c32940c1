package integration_test

import (
	"strings"
	"testing"

	"github.com/redis/rueidis"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// TestDrift_APrimaryDies: a primary of a Cluster is killed when a verify begins. That ends when the replica has taken over, and nothing differs. When that is
// killed, too, nobody has these keys: it is said which, nothing of them is called stale, and a repair changes nothing.
func TestDrift_APrimaryDies(t *testing.T) {
	sameForEveryListener(t)
	if *driftKeys < 1_000_000 {
		t.Skip("this is the short form; package store has a failover in each")
	}
	t.Parallel()
	cl := redistest.StartCluster(t, 3, true)
	d := &drift{tracker: startServer(t, "--store", cl.URL(), "--sync-settle", "50ms")}
	d.admin = connect(t, d.tracker.addr)
	all, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{cl.Primaries[0].Addr}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	const n = 5000
	redistest.Fill(t, all, "vec:", 0, n-1, 12)
	for _, p := range cl.Primaries { // or what the replica has not got is lost with its primary
		redistest.Eventually(t, "the replica has all", func() bool { return p.Do(t, "WAIT", "1", "1000") == "1" })
	}
	if s := d.sync(t, "vec: MODE LOAD"); s.number("added") != n {
		t.Fatalf("it says %v", s)
	}

	cl.Primaries[0].Kill()
	d.sync(t, "vec: MODE VERIFY").mustDiffer(0, 0)
	cl.AwaitPrimary(t, cl.Replicas[0])
	d.sync(t, "vec: MODE REPAIR").mustDiffer(0, 0)

	cl.Replicas[0].Kill()
	for _, mode := range []string{"VERIFY", "REPAIR"} {
		s := d.end(t, d.begin(t, "vec: MODE "+mode+" FROM "+cl.URL()+"?wait=1s"))
		if s.text("state") != "failed" || !strings.Contains(s.text("unknown"), "slots 0-5460") || s.number("stale")+s.number("repaired") != 0 {
			t.Errorf("it says %v", s)
		}
	}
	d.admin.mustDo(t, "PT.COUNT vec:", integer(n))
}

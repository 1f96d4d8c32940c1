package integration_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/redis/rueidis"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// movers move slots of a Cluster, one after the other.
type movers struct {
	cl    *redistest.Cluster
	own   [3][]int // slots of each primary that have not moved
	moves int
}

// move waits until all primaries know whose the slot is: if it, or another one, moves on before, they fall out over
// it, and what is in it is lost.
func (m *movers) move(t *testing.T, slot, from int) {
	t.Helper()
	m.moves++
	m.cl.MoveSlot(t, slot, m.cl.Primaries[from], m.cl.Primaries[(from+1)%3])
	redistest.Eventually(t, "all know of it", func() bool {
		var views []string
		for _, p := range m.cl.Primaries {
			var view []string
			for line := range strings.Lines(p.Do(t, "CLUSTER", "NODES")) {
				node := strings.Fields(line)
				view = append(view, fmt.Sprint(node[0], node[6], node[8:])) // whose epoch, whose slots
			}
			slices.Sort(view)
			views = append(views, fmt.Sprint(view))
		}
		return len(slices.Compact(views)) == 1
	})
}

// one moves a slot from one primary to the next.
func (m *movers) one(t *testing.T) {
	t.Helper()
	from := m.moves % 3
	slot := m.own[from][0]
	m.own[from] = m.own[from][1:]
	m.move(t, slot, from)
}

// TestDrift_SlotsMove: slots of a Cluster of three primaries move all the time while a prefix is loaded, verified and repaired. Nothing is
// missed and nothing is made up, though all keys are on their way together, or few of many.
func TestDrift_SlotsMove(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	silent := "3000" // nodes tell each other what they know after half of it at the latest
	if *driftKeys >= 1_000_000 {
		silent = "30000" // who moves many keys at a time on a busy machine is silent for a while
	}
	cl := redistest.StartCluster(t, 3, false, "--cluster-node-timeout", silent)
	d := &drift{tracker: startServer(t, "--store", cl.URL(), "--sync-settle", "100ms")}
	d.admin = connect(t, d.tracker.addr)
	all, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{cl.Primaries[0].Addr}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	var stores []*client
	for _, p := range cl.Primaries {
		stores = append(stores, connect(t, p.Addr))
	}
	m := &movers{cl: cl}
	for i, p := range cl.Primaries {
		m.own[i] = cl.Slots(t, p)
	}
	for _, test := range []struct {
		prefix, head string
		n            int
	}{
		{"vec:", "vec:", min(*driftKeys, 200_000)},
		{"tag:", "tag:{a}:", min(*driftKeys/2, 100_000)},
	} {
		move := m.one
		if test.head != test.prefix {
			d.admin.mustDo(t, "PT.CREATE tag: TAG a", simple("OK"))
			slot := atoi(t, cl.Primaries[0].Do(t, "CLUSTER", "KEYSLOT", test.head))
			at := slices.IndexFunc(cl.Primaries, func(p *redistest.Server) bool { return slices.Contains(cl.Slots(t, p), slot) })
			// All keys are in this one. It moves once beside each job.
			move = func(t *testing.T) {
				t.Helper()
				m.move(t, slot, at)
				at = (at + 1) % 3
			}
		}
		redistest.Fill(t, all, test.head, 0, test.n-1, 12)
		beside := func(line string) (s said) {
			t.Helper()
			id, before := d.begin(t, line), m.moves
			for again := true; again; again = test.head == test.prefix && m.moves < before+200 && d.status(t, id).text("state") == "running" {
				move(t)
			}
			s = d.mustEnd(t, id)
			t.Logf("%s: %d slots moved beside it, %d keys in %s ms", line, m.moves-before, s.number("scanned"), s.text("elapsed_ms"))
			return s
		}
		if s := beside(test.prefix); s.number("added") != test.n {
			t.Fatalf("%s: it says %v", test.prefix, s)
		}
		beside(test.prefix+" MODE VERIFY").mustDiffer(0, 0)
		if got := mustBeEqual(t, d.admin, test.prefix, test.head, stores...); got != test.n {
			t.Errorf("%d IDs of %s exist, want %d", got, test.prefix, test.n)
		}
		for id := range 50 {
			if err := all.Do(context.Background(), all.B().Del().Key(fmt.Sprintf("%s%012d", test.head, 10*id)).Build()).Error(); err != nil {
				t.Fatal(err)
			}
		}
		redistest.Fill(t, all, test.head, test.n, test.n+29, 12)
		beside(test.prefix+" MODE VERIFY").mustDiffer(50, 30)
		if s := beside(test.prefix + " MODE REPAIR"); s.number("repaired") != 80 || s.number("left") != 0 {
			t.Errorf("%s: it says %v", test.prefix, s)
		}
		d.sync(t, test.prefix+" MODE VERIFY").mustDiffer(0, 0)
		mustBeEqual(t, d.admin, test.prefix, test.head, stores...)
	}
}

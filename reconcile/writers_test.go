package reconcile

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// Workers who write and delete by leases are never taken for a difference, however long they take, and a
// repair beside them takes nothing from them.
func TestSync_BesideWriters(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	const n = 4096
	if _, err := g.caller.Create("vec:", tracker.Config{MaxID: n, Width: width}); err != nil {
		t.Fatal(err)
	}
	client := g.Client(t)
	var over atomic.Bool
	var moved atomic.Int64
	var workers sync.WaitGroup
	defer workers.Wait()
	defer over.Store(true)
	for who := range uint64(4) {
		c := g.registry.Caller(nil)
		random := rand.New(rand.NewPCG(1, who))
		workers.Go(func() {
			for !over.Load() {
				h, terms := c.At("vec:"), tracker.LeaseTerms{TTL: time.Hour}
				lease, write := h.ClaimLease, true
				if random.IntN(2) == 0 {
					lease, write = h.TakeLease, false
				}
				from := random.Uint64N(n)
				token, runs, err := lease(nil, tracker.Range{Min: from, Max: n}, tracker.Mask{}, 1+random.IntN(8), terms)
				if err != nil {
					t.Error(err)
					return
				}
				for _, id := range appendIDs(nil, runs) {
					cmd := client.B().Arbitrary("DEL", key(id)).Build()
					if write {
						cmd = client.B().Arbitrary("SET", key(id), "v").Build()
					}
					if err := client.Do(t.Context(), cmd).Error(); err != nil {
						t.Error(err)
						return
					}
				}
				if token != "" {
					if settled, err := c.Confirm(token, nil); err != nil || settled != tracker.Total(runs) {
						t.Error("somebody else has settled it:", settled, err)
						return
					}
					moved.Add(1)
				}
			}
		})
	}
	for i := range 8 {
		for had := moved.Load(); moved.Load() < had+20 && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
		j := g.done(Request{Prefix: "vec:", Mode: []Mode{Verify, Repair}[i%2]})
		if j.Stale+j.Missing != 0 {
			t.Errorf("%s: stale %v, missing %v", j.Mode, j.StaleKeys, j.MissingKeys)
		}
	}
	over.Store(true)
	workers.Wait()
	g.agree()
	if size := g.Do(t, "DBSIZE"); size != strconv.FormatUint(g.registry.Get("vec:").Count(), 10) {
		t.Error(size, "keys,", g.registry.Get("vec:").Count(), "IDs")
	}
}

package store

import (
	"flag"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/redis/rueidis"
)

var clusterRounds = flag.Int("cluster-rounds", 1, "times that a Cluster's slots move under a scan, and that a primary dies")

// filled starts a Cluster of three primaries with the keys vec:0 … vec:n-1.
func filled(t testing.TB, n int, replicas bool, flags ...string) *redistest.Cluster {
	t.Helper()
	c := redistest.StartCluster(t, 3, replicas, flags...)
	fill(t, c, n)
	return c
}

func fill(t testing.TB, c *redistest.Cluster, n int) {
	t.Helper()
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{c.Primaries[0].Addr}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	redistest.Fill(t, client, "vec:", 0, n-1, 1)
}

// What is on its way while the lists are made may be on none of them. When all are held up in the middle, hundreds
// of slots move with their keys from one primary to another: of those that the first list has not come to, many
// come to places that the second has passed.
func TestScan_MissesNothingThatMoves(t *testing.T) {
	t.Parallel()
	const n, moving = 300000, 400
	c := filled(t, n, false)
	from, to := c.Primaries[0], c.Primaries[1]
	s := open(t, c.URL())
	for range *clusterRounds {
		slots := c.Slots(t, from)[:moving]
		var got collector
		var pages atomic.Int64
		var move sync.Once
		if err := s.Scan(t.Context(), "vec:", func(keys []string) error {
			// By now a third of each list has been given at most, and all are held up here.
			if pages.Add(1) >= 5 {
				move.Do(func() {
					for _, slot := range slots {
						c.MoveSlot(t, slot, from, to)
					}
				})
			}
			return got.page(keys)
		}); err != nil {
			t.Fatal(err)
		}
		got.checkAll(t, "vec:", n)
		from, to = to, from
	}
}

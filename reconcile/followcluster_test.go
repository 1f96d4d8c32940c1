package reconcile

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/redis/rueidis"
)

// While keys come and go slots move from one primary to another, with all that is in them, and at last a
// primary dies.
func TestFollow_ClusterWhoseSlotsMove(t *testing.T) {
	t.Parallel()
	cluster := redistest.StartCluster(t, 3, full())
	f := follow(t, cluster.URL())
	c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{cluster.Primaries[0].Addr, cluster.Primaries[1].Addr}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const all = 20_000
	done := make(chan struct{})
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for !closed(done) {
				var batch rueidis.Commands
				for range 100 {
					key := prefix + strconv.Itoa(rand.IntN(all))
					switch rand.IntN(3) {
					case 0:
						batch = append(batch, c.B().Del().Key(key).Build())
					case 1:
						batch = append(batch, c.B().Set().Key(key).Value("v").PxMilliseconds(500).Build())
					default:
						batch = append(batch, c.B().Set().Key(key).Value("v").Build())
					}
				}
				for _, r := range c.DoMulti(context.Background(), batch...) {
					_ = r.Error() // a key on its way, or a server that dies
				}
			}
		})
	}
	from, to := cluster.Primaries[0], cluster.Primaries[1]
	slots := cluster.Slots(t, from)
	for _, slot := range slots[:sized(20, 300)] {
		cluster.MoveSlot(t, slot, from, to)
	}
	f.until("there was something to do", func(o observe.Follow) bool { return o.Applied > 100 })
	if full() {
		cluster.Primaries[2].Kill()
		cluster.AwaitPrimary(t, cluster.Replicas[2])
	}
	close(done)
	writers.Wait()
	f.until("all are heard", func(o observe.Follow) bool { return o.Primaries == 3 && o.Connected == 3 && !o.CatchingUp })
	n := f.agrees(10 * time.Second)
	t.Logf("%d keys: %+v", n, f.with.Figures().Follow)
}

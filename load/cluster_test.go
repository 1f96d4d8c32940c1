package load_test

import (
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/load"
)

// While slots move with their keys, each INCR is done once: what is counted here is what the counters say.
func TestCluster_SlotsMove(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 3, false)
	from, to := c.Primaries[0], c.Primaries[1]
	moving := c.Slots(t, from)[:40]
	keys := append(keysIn(moving, 5), numbered(200)...)
	var stop atomic.Bool
	l := try(t, c.URL(), load.Config{Clients: 10, Threads: 2, Pipeline: 8, Patience: time.Minute}, &book{command: []string{"INCR"}, keys: keys, most: -1, stop: &stop})
	l.goesOn(t, 1000)
	// Half way, servers send for the keys elsewhere; at the end, for all.
	c.BeginMove(t, moving[0], from, to)
	redistest.Eventually(t, "it is sent elsewhere", func() bool { return l.soFar().Redirected > 10 })
	for _, slot := range moving {
		c.MoveSlot(t, slot, from, to)
	}
	l.goesOn(t, 1000)
	redirected := l.soFar().Redirected
	l.goesOn(t, 5000)
	if n := l.soFar().Redirected - redirected; n > 100 {
		t.Errorf("nothing moves any more, and yet %d of some 5000 requests went astray", n)
	}
	for _, slot := range moving {
		c.MoveSlot(t, slot, to, from)
	}
	l.goesOn(t, 1000)
	stop.Store(true)
	s := l.well(t)
	if n := total(t, c.Primaries[2].Addr, keys); n != int64(s.Kinds[0].Outcomes[load.Done]) {
		t.Errorf("the counters say %d", n)
	}
}

// Keys of one request that are apart on their way: it is said to come again until they are together.
func TestCluster_TryAgain(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 2, false)
	from, to := c.Primaries[0], c.Primaries[1]
	slot := c.Slots(t, from)[0]
	key := keysIn([]int{slot}, 1)[0]
	other := "{" + key + "}2"
	from.Do(t, "MSET", key, "v", other, "v")
	n := strconv.Itoa(slot)
	to.Do(t, "CLUSTER", "SETSLOT", n, "IMPORTING", c.ID(t, from))
	from.Do(t, "CLUSTER", "SETSLOT", n, "MIGRATING", c.ID(t, to))
	from.Do(t, "MIGRATE", "127.0.0.1", to.Port, other, "0", "60000")
	const most = 100
	l := try(t, c.URL(), load.Config{Clients: 3, Threads: 1, Pipeline: 2, Patience: time.Minute}, &book{command: []string{"MGET"}, keys: []string{key}, behind: []string{other}, most: most})
	redistest.Eventually(t, "it is tried again", func() bool { return l.soFar().Sent > 30 })
	if n := l.replies(); n > 0 {
		t.Errorf("%d replies", n)
	}
	c.MoveSlot(t, slot, from, to)
	l.well(t)
}

// A primary dies. Its replica takes over, and nobody who asks hears of it.
func TestCluster_APrimaryDies(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 3, true)
	failover(t, c, c.Primaries[0].Kill)
}

// A primary hangs: its connections say nothing of the replica that has taken over.
func TestCluster_APrimaryHangs(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 3, true)
	failover(t, c, func() { t.Cleanup(c.Primaries[0].Pause()) })
}

func failover(t *testing.T, c *redistest.Cluster, fail func()) {
	var stop atomic.Bool
	l := try(t, c.URL(), load.Config{Clients: 10, Threads: 2, Pipeline: 8, Patience: time.Minute}, &book{command: []string{"SET"}, keys: numbered(1000), behind: []string{"v"}, again: true, most: -1, stop: &stop})
	l.goesOn(t, 1000)
	fail()
	c.AwaitPrimary(t, c.Replicas[0])
	redistest.Eventually(t, "some are lost", func() bool { return l.lost() > 0 })
	l.goesOn(t, 5000)
	stop.Store(true)
	l.well(t)
}

// All of a Cluster is down while one without a replica is away.
func TestCluster_DownForAWhile(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 3, false)
	var stop atomic.Bool
	l := try(t, c.URL(), load.Config{Clients: 4, Threads: 1, Pipeline: 2, Patience: time.Minute}, &book{command: []string{"SET"}, keys: numbered(1000), behind: []string{"v"}, again: true, most: -1, stop: &stop})
	l.goesOn(t, 100)
	c.Primaries[0].Kill()
	redistest.Eventually(t, "the others say that the Cluster is down", func() bool {
		return strings.Contains(c.Primaries[1].Do(t, "CLUSTER", "INFO"), "cluster_state:fail")
	})
	c.Primaries[0].Restart(t)
	l.goesOn(t, 1000)
	stop.Store(true)
	l.well(t)
}

// The primary dies that a Sentinel watches.
func TestSentinel_ThePrimaryDies(t *testing.T) {
	t.Parallel()
	w := redistest.StartWatched(t, 1)
	var stop atomic.Bool
	l := try(t, w.URL(), load.Config{Clients: 4, Threads: 2, Pipeline: 2, Patience: time.Minute}, &book{command: []string{"SET"}, keys: numbered(1000), behind: []string{"v"}, again: true, most: -1, stop: &stop})
	l.goesOn(t, 100)
	w.Primary.Kill()
	l.goesOn(t, 2000)
	stop.Store(true)
	l.well(t)
	redistest.Eventually(t, "all keys are in the new primary", func() bool {
		n, err := w.Replica.Try(t, "DBSIZE") // its connections are ended meanwhile
		size, _ := n.AsInt64()
		return err == nil && size == 1000
	})
}

package redistest

import (
	"strconv"
	"testing"
)

func TestCluster_SlotsMoveAndPrimariesDie(t *testing.T) {
	t.Parallel()
	c := StartCluster(t, 3, true)
	from, to := c.Primaries[0], c.Primaries[1]
	from.Do(t, "SET", "{06S}:1", "v") // slot 0
	c.MoveSlot(t, 0, from, to)
	if n := to.Do(t, "CLUSTER", "COUNTKEYSINSLOT", "0"); n != "1" {
		t.Errorf("the slot has come with %s keys, want 1", n)
	}
	if own := c.Slots(t, from); own[0] != 1 {
		t.Errorf("the slot has not gone: %d is the first", own[0])
	}
	to.Kill()
	c.AwaitPrimary(t, c.Replicas[1])
	c.AwaitOK(t)
	if n := len(c.Slots(t, c.Replicas[1])); n != 16384/3+1 {
		t.Errorf("the replica has taken %d slots", n)
	}
}

func TestWatched_TheReplicaTakesOver(t *testing.T) {
	t.Parallel()
	for _, sentinels := range []int{1, 3} {
		t.Run(strconv.Itoa(sentinels), func(t *testing.T) {
			t.Parallel()
			w := StartWatched(t, sentinels)
			w.Primary.Kill()
			w.AwaitPrimary(t, w.Replica)
		})
	}
}

package redistest

import "testing"

func TestCluster_SlotsMoveWithTheirKeys(t *testing.T) {
	t.Parallel()
	c := StartCluster(t, 2, false)
	from, to := c.Primaries[0], c.Primaries[1]
	from.Do(t, "SET", "{06S}:1", "v") // slot 0
	c.MoveSlot(t, 0, from, to)
	if n := to.Do(t, "CLUSTER", "COUNTKEYSINSLOT", "0"); n != "1" {
		t.Errorf("the slot has come with %s keys, want 1", n)
	}
	if own := c.Slots(t, from); own[0] != 1 {
		t.Errorf("the slot has not gone: %d is the first", own[0])
	}
}

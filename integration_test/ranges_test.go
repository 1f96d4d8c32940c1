package integration_test

import (
	"fmt"
	"strconv"
	"testing"
)

// edges are ranges that start or end inside, at and across words of 64 IDs, the first
// allocation of 4,096 and chunks of 2^18.
var edges = []struct{ min, max uint64 }{
	{70, 200},
	{0, 1},
	{63, 65},
	{64, 128},
	{1, 127},
	{4000, 4200},
	{262_100, 262_200},
	{262_144, 262_145},
	{1_000_000_007, 1_000_000_207},
	{1<<48 - 130, 1 << 48},
}

func TestClaimsInARangeHandOutAllOfIt(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	for _, edge := range edges {
		t.Run(fmt.Sprintf("%d-%d", edge.min, edge.max), func(t *testing.T) {
			c := connect(t, s.addr)
			claim := fmt.Sprintf("PT.CLAIMNEXT %s RANGE %d %d", t.Name(), edge.min, edge.max)
			for id := edge.min; id < edge.max; id++ {
				c.mustDo(t, claim, integer(int(id)))
			}
			c.mustDo(t, claim, null2)
			c.mustDo(t, claim+" COUNT 10", array())
			c.mustDo(t, "PT.COUNT "+t.Name(), integer(int(edge.max-edge.min)))
		})
	}
}

func TestTakesInARangeHandOutAllOfIt(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	for _, edge := range edges {
		t.Run(fmt.Sprintf("%d-%d", edge.min, edge.max), func(t *testing.T) {
			c := connect(t, s.addr)
			c.mustDo(t, fmt.Sprintf("PT.ADDRANGE %s %d %d", t.Name(), edge.min, edge.max), integer(int(edge.max-edge.min)))
			take := fmt.Sprintf("PT.TAKENEXT %s RANGE %d %d", t.Name(), edge.min, edge.max)
			for id := edge.min; id < edge.max; id++ {
				c.mustDo(t, take, integer(int(id)))
			}
			c.mustDo(t, take, null2)
			c.mustDo(t, take+" COUNT 10", array())
			c.mustDo(t, "PT.COUNT "+t.Name(), integer(0))
		})
	}
}

func TestExhaustedRangeDoesNotStopOthers(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 2000 RANGE 5000 6000", integers(5000, 6000))
	c.mustDo(t, "PT.CLAIMNEXT vec: RANGE 5000 6000", null2)
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 2000 RANGE 0 1000", integers(0, 1000))
	c.mustDo(t, "PT.CLAIMNEXT vec: RANGE 0 1000", null2)
	c.mustDo(t, "PT.CLAIMNEXT vec: RANGE 0 6000", integer(1000))
	c.mustDo(t, "PT.CLAIMNEXT vec:", integer(1001))
}

func TestFreedIDsAreHandedOutAgain(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	c := connect(t, startServer(t).addr)
	c.mustDo(t, "PT.CREATE vec: MAXID 10000", simple("OK"))
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 10000", integers(0, 10000))
	for _, id := range []int{0, 63, 64, 4095, 9999, 5} {
		c.mustDo(t, "PT.CLAIMNEXT vec:", null2)
		c.mustDo(t, fmt.Sprintf("PT.REM vec: %d", id), integer(1))
		c.mustDo(t, "PT.CLAIMNEXT vec:", integer(id))
	}
	c.mustDo(t, "PT.REM vec: 9000 17 4242", integer(3))
	c.mustDo(t, "PT.CLAIMNEXT vec: COUNT 10", array(integer(17), integer(4242), integer(9000)))
}

func TestClaimersShareARangeWithoutGapOrDuplicate(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	const min, max = 70, 100_200
	claimed := newIDSet(max)
	withConnections(t, 16, s.addr, func(worker int, c *client) error {
		// One at a time, small batches and large ones meet in the same words.
		count := strconv.Itoa([]int{1, 7, 64, 300}[worker%4])
		for {
			ids, err := c.list("PT.CLAIMNEXT", "vec:", "COUNT", count, "RANGE", strconv.Itoa(min), strconv.Itoa(max))
			if err != nil || len(ids) == 0 {
				return err
			}
			if err := claimed.addAll(ids); err != nil {
				return err
			}
		}
	})
	for id := range uint64(max) {
		if claimed.has(id) != (id >= min) {
			t.Fatalf("id %d handed out: %t", id, claimed.has(id))
		}
	}
}

func TestTakersShareARangeWithoutGapOrDuplicate(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	const max = 100_000
	connect(t, s.addr).mustDo(t, fmt.Sprintf("PT.ADDRANGE vec: 0 %d", max), integer(max))
	taken := newIDSet(max)
	withConnections(t, 16, s.addr, func(worker int, c *client) error {
		count := strconv.Itoa([]int{1, 7, 64, 300}[worker%4])
		for {
			ids, err := c.list("PT.TAKENEXT", "vec:", "COUNT", count)
			if err != nil || len(ids) == 0 {
				return err
			}
			if err := taken.addAll(ids); err != nil {
				return err
			}
		}
	})
	if n := taken.count(); n != max {
		t.Fatalf("took %d IDs, want %d", n, max)
	}
	connect(t, s.addr).mustDo(t, "PT.COUNT vec:", integer(0))
}

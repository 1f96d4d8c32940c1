package cli

import "testing"

const mib = int64(1 << 20)

// Whatever the container has, the server alone must not fill it by default.
func TestRoom_DefaultsFitTheMachine(t *testing.T) {
	for _, machine := range []int64{32 * mib, 64 * mib, 128 * mib, 256 * mib, 512 * mib, 1 << 30, 2 << 30, 8 << 30, 64 << 30, 1 << 40} {
		c := newConfig()
		c.fitMachine(machine)
		trackers, queries := c.memory, c.server.QueryMemory
		if trackers < machine/8 || queries < machine/16 && queries < mostQueries || trackers > machine/4*3 || queries > mostQueries {
			t.Errorf("%d MB: %d MB for trackers, %d MB for queries", machine/mib, trackers/mib, queries/mib)
		}
		if room := machine - trackers - queries; room < leastRoom && machine >= 64*mib || room < machine/10 {
			t.Errorf("%d MB: %d MB of room", machine/mib, room/mib)
		}
		if clients := c.server.MaxClients; clients < 100 || clients > 10_000 || clients < 10_000 && int64(clients)*clientRoom > machine {
			t.Errorf("%d MB: %d clients", machine/mib, clients)
		}
		limit := collectorLimit(machine, trackers, queries)
		if limit < trackers+queries || limit > machine-programRoom && machine >= 64*mib {
			t.Errorf("%d MB: the collector's limit is %d MB beside %d MB in use", machine/mib, limit/mib, (trackers+queries)/mib)
		}
	}
}

func TestRoom_WhatIsSaidCounts(t *testing.T) {
	c := newConfig()
	c.memory, c.server.QueryMemory = 5*mib, 7*mib
	c.fitMachine(64 * mib)
	if c.memory != 5*mib || c.server.QueryMemory != 7*mib {
		t.Errorf("%d for trackers, %d for queries", c.memory, c.server.QueryMemory)
	}
	c = newConfig()
	c.fitMachine(0)
	if c.memory != 0 || c.server.QueryMemory != mostQueries {
		t.Errorf("on an unknown machine: %d for trackers, %d for queries", c.memory, c.server.QueryMemory)
	}
	for _, test := range []struct{ machine, trackers, queries, want int64 }{
		{0, 0, 0, 0},
		{0, 64 * mib, 0, 0},
		{0, 64 * mib, 64 * mib, 144 * mib},
		{16 << 30, 64 * mib, 64 * mib, 144 * mib},
		{100 * mib, 0, 0, 100 * mib / 10 * 9},
		{100 * mib, 1 << 62, 1 << 62, 100 * mib / 10 * 9},
	} {
		if got := collectorLimit(test.machine, test.trackers, test.queries); got != test.want {
			t.Errorf("collectorLimit(%d, %d, %d) is %d, want %d", test.machine, test.trackers, test.queries, got, test.want)
		}
	}
}

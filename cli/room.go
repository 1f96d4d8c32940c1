package cli

import (
	"math"
	"os"
	"runtime/debug"

	"github.com/prefixtracker/prefixtracker/resp"
)

// What a machine's or container's memory is for: trackers, what is under way for
// clients, and the rest, in which the program itself and the collector work. By
// default all of it together fits.
const (
	programRoom = 8 << 20   // the program, its threads and its sockets
	leastRoom   = 24 << 20  // the program and the collector
	mostQueries = 256 << 20 // for what is under way, by default
	// slowShare is how large a part of what is for queries the slow log may take beside
	// it, one of so many, if that is less than it ever takes.
	slowShare = 8
	// clientRoom is how much there is for each client, by default: with a buffer of
	// the kernel's, and redcon's.
	clientRoom = 128 << 10
)

// fitMachine gives trackers and queries what they have by default of so many
// bytes, 0 for unknown, and lets in so many clients.
func (c *config) fitMachine(machine int64) {
	if c.server.QueryMemory == machineMemory {
		c.server.QueryMemory = mostQueries
		if machine > 0 {
			c.server.QueryMemory = min(mostQueries, machine/8)
		}
	}
	if c.server.MaxClients == machineMemory {
		c.server.MaxClients = resp.DefaultConfig().MaxClients
		if machine > 0 {
			c.server.MaxClients = int(min(int64(c.server.MaxClients), machine/clientRoom))
		}
	}
	if c.memory == machineMemory {
		room := max(leastRoom, machine/10)
		c.memory = min(machine/4*3, max(machine-c.server.QueryMemory-room, machine/8))
	}
}

// collectorLimit is the bytes of memory from which on the collector comes at once:
// what is no longer used counts until it has run. It is what may be in use and
// some room; 0 is none.
func collectorLimit(machine, trackers, queries int64) int64 {
	limit := int64(math.MaxInt64)
	if trackers > 0 && queries > 0 && trackers < math.MaxInt64/4 && queries < math.MaxInt64/4 {
		limit = trackers + queries + max(leastRoom-programRoom, (trackers+queries)/16)
	}
	if machine > 0 {
		limit = min(limit, machine/10*9, max(machine-programRoom, machine/2))
	}
	if limit == math.MaxInt64 {
		return 0
	}
	return limit
}

// limitCollector sets that limit, unless GOMEMLIMIT does.
func limitCollector(machine, trackers, queries int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	limit := collectorLimit(machine, trackers, queries)
	if limit == 0 {
		limit = math.MaxInt64
	}
	debug.SetMemoryLimit(limit)
}

package cli

import (
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// leastProcessors is what the runtime has at least, where it finds a limit itself:
// with one thread at a time the collector would hold up everybody.
const leastProcessors = 2

// limitProcessors has the program run on no more processors at a time than the
// limits of all its cgroups allow, unless GOMAXPROCS says how many. The runtime
// itself looks at the innermost alone, and systemd mostly limits one around it.
func limitProcessors() {
	if os.Getenv("GOMAXPROCS") != "" {
		return
	}
	// To set it ends what the runtime does by itself, when its own limit changes.
	if n := fitProcessors(cgroupProcessors("/")); n > 0 && n < runtime.GOMAXPROCS(0) {
		runtime.GOMAXPROCS(n)
	}
}

// fitProcessors is the whole number of processors for a limit, 0 for none.
func fitProcessors(limit float64) int {
	if limit <= 0 {
		return 0
	}
	return max(int(math.Ceil(limit)), leastProcessors)
}

// cgroupProcessors is the least of the limits of processor time that hold for this
// process, in processors; 0 for none. The files of the system are looked for below
// root.
func cgroupProcessors(root string) float64 {
	return leastLimit(root, "cpu", func(g cgroup) float64 {
		if g.version == 1 {
			return processorLimit(g.read("cpu.cfs_quota_us"), g.read("cpu.cfs_period_us"))
		}
		quota, period, _ := strings.Cut(g.read("cpu.max"), " ")
		return processorLimit(quota, period)
	})
}

// processorLimit is the part of a period that a quota is; "max" and -1 are none, 0.
func processorLimit(quota, period string) float64 {
	q, errQ := strconv.ParseFloat(quota, 64)
	p, errP := strconv.ParseFloat(period, 64)
	if errQ != nil || errP != nil || q <= 0 || p <= 0 {
		return 0
	}
	return q / p
}

package cli

import (
	"strconv"
	"syscall"
)

// availableMemory is the memory of the container or the machine, whichever is
// less; 0 where that is unknown.
func availableMemory() int64 {
	least := cgroupMemory("/")
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		if total := int64(info.Totalram) * int64(info.Unit); least == 0 || total < least {
			least = total
		}
	}
	return least
}

// cgroupMemory is the least of the memory limits that hold for this process; 0 for
// none. The files of the system are looked for below root.
func cgroupMemory(root string) int64 {
	return int64(leastLimit(root, "memory", func(g cgroup) float64 {
		if g.version == 1 {
			return memoryLimit(g.read("memory.limit_in_bytes"))
		}
		return memoryLimit(g.read("memory.max"))
	}))
}

// memoryLimit is a limit that a cgroup says; "max" and huge numbers are none, 0.
func memoryLimit(text string) float64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > 1<<60 {
		return 0
	}
	return float64(n)
}

package cli

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// cgroupLimits are where a container's memory limit stands: cgroup v2, v1.
var cgroupLimits = []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}

// availableMemory is the memory of the container or the machine, whichever is
// less; 0 where that is unknown.
func availableMemory() int64 {
	var least uint64
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		least = uint64(info.Totalram) * uint64(info.Unit)
	}
	for _, file := range cgroupLimits {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		// "max" and huge numbers are no limit.
		n, err := strconv.ParseUint(string(bytes.TrimSpace(text)), 10, 64)
		if err == nil && n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	return int64(least)
}

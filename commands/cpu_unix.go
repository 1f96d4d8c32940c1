//go:build unix

package commands

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is what the process has used so far.
func cpuTime() (system, user time.Duration, ok bool) {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0, 0, false
	}
	return time.Duration(u.Stime.Nano()), time.Duration(u.Utime.Nano()), true
}

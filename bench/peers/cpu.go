//go:build linux

package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// processCPU returns the CPU time that a process has used, in the kernel too,
// over all its threads, those that ended included. It is the process's CPU
// clock (clock_getcpuclockid in C), which counts nanoseconds; /proc/PID/stat has
// the same in ticks of 10 ms, and /proc/PID/task forgets threads that ended.
func processCPU(pid int) (time.Duration, error) {
	const schedClock = 2 // CPUCLOCK_SCHED of <linux/posix-timers.h>
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|schedClock), &t); err != nil {
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

func ownCPU() (time.Duration, error) { return processCPU(os.Getpid()) }

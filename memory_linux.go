package main

import "syscall"

// memoryShare is the memory that trackers may use: three quarters of the
// machine's, 0 (no limit) where that is unknown.
func memoryShare() int64 {
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		return 0
	}
	return int64(uint64(info.Totalram) * uint64(info.Unit) / 4 * 3)
}

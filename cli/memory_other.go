//go:build !linux

package cli

// availableMemory is the memory of the container or the machine, whichever is
// less; 0 where that is unknown.
func availableMemory() int64 { return 0 }

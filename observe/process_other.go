//go:build !linux

package observe

// residentMemory is the memory of the process that is in RAM, 0 if unknown.
func residentMemory() uint64 { return 0 }

// systemMemory is the memory of the machine, 0 if unknown.
func systemMemory() uint64 { return 0 }

//go:build !linux

package cli

// limitProcessors leaves it to the runtime how many there are.
func limitProcessors() {}

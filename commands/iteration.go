package commands

import "github.com/prefixtracker/prefixtracker/tracker"

// parseTotal reads the number of parts of a partition.
func parseTotal(b []byte) (uint64, error) {
	n, ok := parseUint(b, tracker.MaxPartitions)
	if !ok || n == 0 {
		return 0, tracker.ErrInvalidTotal
	}
	return n, nil
}

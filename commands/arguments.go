package commands

import (
	"math"
	"unsafe"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// view returns b as a string without a copy, for a callee that keeps no
// reference to it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func views(args [][]byte) []string {
	strings := make([]string, len(args))
	for i, a := range args {
		strings[i] = view(a)
	}
	return strings
}

// isPrefix tells whether b can be a prefix.
func isPrefix(b []byte) bool { return len(b) > 0 && len(b) <= tracker.MaxPrefixLen }

// checkPrefix refuses what cannot be a prefix.
func checkPrefix(b []byte) (uint64, error) {
	if !isPrefix(b) {
		return 0, tracker.ErrInvalidPrefix
	}
	return 0, nil
}

// parseLimit reads an end of a range: 0 to 2^48.
func parseLimit(b []byte) (uint64, error) {
	n, ok := parseUint(b, tracker.Limit)
	if !ok {
		return 0, errInvalidRange
	}
	return n, nil
}

// parseNatural reads an integer from 0 to 2^63-1.
func parseNatural(b []byte) (uint64, error) {
	n, ok := parseUint(b, math.MaxInt64)
	if !ok {
		return 0, errNotInteger
	}
	return n, nil
}

// parseCount reads a COUNT, which has an error of its own for what is below 0.
func parseCount(b []byte) (uint64, error) {
	n, err := parseInt(b)
	if err == nil && n < 0 {
		return 0, errNotPositive
	}
	return uint64(n), err
}

// parseInt reads a decimal integer with or without a minus sign.
func parseInt(b []byte) (int64, error) {
	digits := b
	if len(b) > 0 && b[0] == '-' {
		digits = b[1:]
	}
	n, err := parseNatural(digits)
	if len(digits) < len(b) {
		return -int64(n), err
	}
	return int64(n), err
}

// maxCursor is the largest number that JavaScript clients can hold.
const maxCursor = 1<<53 - 1

// parseCursor reads the cursor of a scan over IDs.
func parseCursor(b []byte) (uint64, error) {
	n, ok := parseUint(b, maxCursor)
	if !ok {
		return 0, tracker.ErrInvalidCursor
	}
	return n, nil
}

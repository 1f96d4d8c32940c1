package commands

import (
	"math"
	"time"
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

// parseNatural reads an integer from 0 to 2^63-1, as parseInt does.
func parseNatural(b []byte) (uint64, error) {
	n, err := parseInt(b)
	if err != nil || n < 0 {
		return 0, errNotInteger
	}
	return uint64(n), nil
}

// parseInt reads a decimal integer of 64 bits as Redis does: there is one way to
// write each, so no plus sign and no zero in front.
func parseInt(b []byte) (int64, error) {
	digits, limit, negative := b, uint64(math.MaxInt64), len(b) > 0 && b[0] == '-'
	if negative {
		digits, limit = b[1:], 1<<63
	}
	n, ok := parseUint(digits, limit)
	if !ok || digits[0] == '0' && len(b) > 1 {
		return 0, errNotInteger
	}
	if negative {
		return -int64(n), nil
	}
	return int64(n), nil
}

// parseIntWithin reads an integer from min to max.
func parseIntWithin(b []byte, min, max int64) (int64, error) {
	n, err := parseInt(b)
	if err == nil && (n < min || n > max) {
		return 0, errOutOfRange(min, max)
	}
	return n, err
}

// parseCount reads a COUNT, which has an error of its own for what is below 0.
func parseCount(b []byte) (uint64, error) {
	if n, ok := parseUint(b, math.MaxInt64); ok {
		return n, nil
	}
	if n, err := parseInt(b); err == nil && n < 0 {
		return 0, errNotPositive
	}
	return 0, errNotInteger
}

// parseForeignCursor reads the cursor of a scan as Redis does, which takes any 64
// bits with any sign, and nothing as 0.
func parseForeignCursor(b []byte) (uint64, error) {
	digits, negative := b, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		digits, negative = b[1:], b[0] == '-'
	}
	n, ok := parseUint(digits, math.MaxUint64)
	if !ok && len(b) > 0 {
		return 0, tracker.ErrInvalidCursor
	}
	if negative {
		return -n, nil
	}
	return n, nil
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

// parseTimeout reads milliseconds with Redis's errors. What no clock measures is 0,
// for ever.
func parseTimeout(b []byte) (time.Duration, error) {
	n, err := parseInt(b)
	switch {
	case err != nil:
		return 0, errTimeout
	case n < 0:
		return 0, errTimeoutNegative
	case n > math.MaxInt64/int64(time.Millisecond):
		return 0, nil
	}
	return time.Duration(n) * time.Millisecond, nil
}

// maxTTL is the most milliseconds; far beyond any use, and no overflow.
const maxTTL = (1<<53 - 1) / 1000

// parseTTL reads a positive number of milliseconds.
func parseTTL(b []byte) (uint64, error) {
	ms, ok := parseUint(b, maxTTL)
	if !ok || ms == 0 {
		return 0, errInvalidTTL
	}
	return ms, nil
}

func parseID(b []byte) (uint64, error) {
	id, ok := parseUint(b, tracker.MaxID)
	if !ok {
		return 0, errInvalidID
	}
	return id, nil
}

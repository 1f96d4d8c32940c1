package tracker

import (
	"math/bits"
	"strconv"
	"strings"
)

// units are those of Redis's memory values: k is 1,000 and kb 1,024.
var units = []struct {
	suffix string
	bytes  uint64
}{
	{"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30},
	{"k", 1e3}, {"m", 1e6}, {"g", 1e9}, {"b", 1},
}

// ParseBytes reads an amount of memory as Redis's configuration has it: 64mb,
// 1gb, 500k, 1048576; upper or lower case. Errors are [ErrInvalidBytes].
func ParseBytes(s string) (int64, error) {
	lower, scale := strings.Map(lowerLetter, s), uint64(1)
	for _, u := range units {
		if digits, ok := strings.CutSuffix(lower, u.suffix); ok {
			lower, scale = digits, u.bytes
			break
		}
	}
	n, err := strconv.ParseUint(lower, 10, 63)
	if err != nil {
		return 0, ErrInvalidBytes
	}
	over, bytes := bits.Mul64(n, scale)
	if over != 0 || bytes > 1<<63-1 {
		return 0, ErrInvalidBytes
	}
	return int64(bytes), nil
}

// lowerLetter knows no letters but ASCII's: a Kelvin sign is no k.
func lowerLetter(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		r += 'a' - 'A'
	}
	return r
}

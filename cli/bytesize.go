package cli

import (
	"fmt"
	"math"
	"strconv"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// byteSize is an amount of memory from lo to hi, such as 64mb, as Redis's
// configuration has it.
func byteSize[T int | int64](lo, hi int64) kind[T] {
	must := "a number of bytes, such as 1048576, 64mb or 2gb"
	if hi < math.MaxInt64 {
		must = fmt.Sprintf("a number of bytes from %s to %s, such as 1048576 or 64kb", bytesText(lo), bytesText(hi))
	}
	return kind[T]{
		placeholder: "BYTES",
		must:        must,
		read: func(text string) (T, error) {
			n, err := tracker.ParseBytes(text)
			switch {
			case err != nil || int64(T(n)) != n:
				return 0, errNotMemory
			case n < lo || n > hi:
				return 0, fmt.Errorf("argument must be between %d and %d inclusive", lo, hi)
			}
			return T(n), nil
		},
		write: func(v T) string { return bytesText(int64(v)) },
	}
}

// plainByteSize is byteSize written without a unit, as CONFIG GET does.
func plainByteSize[T int | int64]() kind[T] {
	k := byteSize[T](0, math.MaxInt64)
	k.write = func(v T) string { return strconv.FormatInt(int64(v), 10) }
	return k
}

// bytesText is n in the largest unit that says it whole.
func bytesText(n int64) string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "gb"}, {1 << 20, "mb"}, {1 << 10, "kb"}} {
		if n > 0 && n%unit.bytes == 0 {
			return fmt.Sprintf("%d%s", n/unit.bytes, unit.name)
		}
	}
	return strconv.FormatInt(n, 10)
}

package cli

import (
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"
)

// number is a whole number of what unit says ("" for nothing) from lo to hi, in
// decimal digits.
func number[T int | int64 | uint64](unit string, lo, hi int64) kind[T] {
	if int64(T(hi)) != hi {
		hi = math.MaxInt // of a T that is smaller
	}
	must := "a whole number"
	if unit != "" {
		must += " of " + unit
	}
	if hi >= math.MaxInt {
		must += fmt.Sprintf(", %d or more", lo)
	} else {
		must += fmt.Sprintf(" from %d to %d", lo, hi)
	}
	return kind[T]{
		placeholder: "N",
		must:        must,
		read: func(text string) (T, error) {
			n, err := strconv.ParseInt(text, 10, 64)
			switch {
			case err != nil:
				return 0, errNotInteger
			case n < lo || n > hi:
				return 0, fmt.Errorf("argument must be between %d and %d inclusive", lo, hi)
			}
			return T(n), nil
		},
		write: func(v T) string { return fmt.Sprint(v) },
	}
}

// ticks is a time as a whole number of a unit, as Redis has it. Below 0 there is
// one value, -1; beyond what a Duration holds, the longest.
func ticks(unit time.Duration, name string, lo int64) kind[time.Duration] {
	k := number[int64](name, lo, math.MaxInt64)
	return kind[time.Duration]{
		placeholder: strings.ToUpper(name),
		must:        k.must,
		read: func(text string) (time.Duration, error) {
			n, err := k.read(text)
			return time.Duration(min(n, math.MaxInt64/int64(unit))) * unit, err
		},
		write: func(v time.Duration) string {
			if v < 0 {
				return "-1"
			}
			return strconv.FormatInt(int64(v/unit), 10)
		},
	}
}

// oneWay reads a whole number as CONFIG SET does: for Redis there is one way to
// write each.
func oneWay[T any](k kind[T]) kind[T] {
	read := k.read
	k.read = func(text string) (v T, err error) {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && strconv.FormatInt(n, 10) != text {
			return v, errNotInteger
		}
		return read(text)
	}
	return k
}

// permissions are those of a file, in octal digits.
func permissions() kind[fs.FileMode] {
	return kind[fs.FileMode]{
		placeholder: "MODE",
		must:        "octal permissions, such as 0770",
		read: func(text string) (fs.FileMode, error) {
			n, err := strconv.ParseUint(text, 8, 32)
			if err != nil || n > 0o777 {
				return 0, errNotValue
			}
			return fs.FileMode(n), nil
		},
		write: func(v fs.FileMode) string { return fmt.Sprintf("%04o", v) },
	}
}

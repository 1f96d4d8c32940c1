package workload

import (
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// How the texts of fields are read into what they are for, and written.

// number is a whole number from low to high.
func number[T any, N int | uint64](at func(*T) *N, low, high uint64) (func(*T, string) error, func(*T) string) {
	set := func(to *T, text string) error {
		n, err := parseNumber(text)
		if err != nil || n < low || n > high {
			return fmt.Errorf("must be a whole number from %d to %d", low, high)
		}
		*at(to) = N(n)
		return nil
	}
	return set, func(from *T) string {
		if n := *at(from); n > 0 {
			return shortNumber(uint64(n))
		}
		return ""
	}
}

var errDuration = errors.New("must be a time with its unit, such as 500ms, 30s or 5m")

// duration is a time of at least so much.
func duration[T any](at func(*T) *time.Duration, least time.Duration) (func(*T, string) error, func(*T) string) {
	set := func(to *T, text string) error {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return errDuration
		}
		if d < least {
			return fmt.Errorf("must be at least %s", least)
		}
		*at(to) = d
		return nil
	}
	return set, func(from *T) string {
		if d := *at(from); d > 0 {
			return d.String()
		}
		return ""
	}
}

var errYes = errors.New("must be yes or no")

func yes[T any](at func(*T) *bool) (func(*T, string) error, func(*T) string) {
	set := func(to *T, text string) error {
		switch text {
		case "yes", "true":
			*at(to) = true
		case "no", "false":
			*at(to) = false
		default:
			return errYes
		}
		return nil
	}
	return set, func(from *T) string {
		if *at(from) {
			return "yes"
		}
		return ""
	}
}

// longestPrefix is that of a tracker.
const longestPrefix = 512

var errPrefix = fmt.Errorf("must have 1 to %d bytes, as text (UTF-8)", longestPrefix)

func prefix[T any](at func(*T) *string) (func(*T, string) error, func(*T) string) {
	set := func(to *T, text string) error {
		if text == "" || len(text) > longestPrefix || !utf8.ValidString(text) {
			return errPrefix
		}
		*at(to) = text
		return nil
	}
	return set, func(from *T) string { return *at(from) }
}

var errName = errors.New("must be a name of letters, digits and - _ . : without blanks")

func name[T any](at func(*T) *string) (func(*T, string) error, func(*T) string) {
	set := func(to *T, text string) error {
		if !isName(text) {
			return errName
		}
		*at(to) = text
		return nil
	}
	return set, func(from *T) string { return *at(from) }
}

// parseRate reads operations per second, such as 50000, 50k or 0.5.
func parseRate(text string) (float64, error) {
	if n, err := parseNumber(text); err == nil && n > 0 && n <= maxRate {
		return float64(n), nil
	}
	if n, ok := fixed(text, 6); ok && n > 0 && n <= maxRate*whole {
		return float64(n) / whole, nil
	}
	return 0, errRate
}

const maxRate = 1_000_000_000

var errRate = errors.New("must be a number of operations per second, such as 50000, 50k or 0.5")

func writeRate(rate float64) string {
	if rate == 0 {
		return ""
	}
	return strconv.FormatFloat(rate, 'f', -1, 64)
}

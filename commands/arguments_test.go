package commands

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestParseID(t *testing.T) {
	for in, want := range map[string]uint64{
		"0": 0, "000000000049": 49, "281474976710655": 1<<48 - 1, strings.Repeat("0", 1000) + "7": 7,
	} {
		if got, err := parseID([]byte(in)); err != nil || got != want {
			t.Errorf("%.20q: %d, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "-1", "+1", "1e3", " 1", "1 ", "0x1", "281474976710656",
		"18446744073709551616", "18446744073709551615", strings.Repeat("9", 10<<20), "１"} {
		if _, err := parseID([]byte(in)); err != errInvalidID {
			t.Errorf("%.20q: %v", in, err)
		}
	}
}

func FuzzParseUint(f *testing.F) {
	f.Add("0", uint64(10))
	f.Add("18446744073709551615", uint64(math.MaxInt64))
	f.Add("000\xda", uint64(1000))
	f.Fuzz(func(t *testing.T, s string, limit uint64) {
		limit %= math.MaxInt64 + 1
		got, ok := parseUint([]byte(s), limit)
		want, err := strconv.ParseUint(s, 10, 64)
		// ParseUint, too, takes digits only.
		if ok != (err == nil && want <= limit && len(s) <= mostDigits) || ok && got != want {
			t.Errorf("%q up to %d: %d, %v; ParseUint: %d, %v", s, limit, got, ok, want, err)
		}
	})
}

func words(line string) [][]byte {
	var args [][]byte
	for _, w := range strings.Fields(line) {
		args = append(args, []byte(w))
	}
	return args
}

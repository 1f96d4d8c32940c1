package commands

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
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
		limit %= maxInt64 + 1
		got, ok := parseUint([]byte(s), limit)
		want, err := strconv.ParseUint(s, 10, 64)
		// ParseUint, too, takes digits only.
		if ok != (err == nil && want <= limit) || ok && got != want {
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

func TestParseOptions(t *testing.T) {
	const everything = optCount | optRange | optForm | optFilter | optAll | optPartition
	o, err := parsedOptions(words("runs partition 2 8 unset range 5 9 count 7"), everything, 100)
	if err != nil || o.count != 7 || o.rng != (tracker.Range{Min: 5, Max: 9}) || o.form != asRuns ||
		o.filter != tracker.Unset || o.index != 2 || o.total != 8 {
		t.Fatalf("%+v, %v", o, err)
	}
	if o, err := parsedOptions(words("COUNT 1000"), everything, 100); err != nil || o.count != 100 {
		t.Fatalf("COUNT is not capped: %+v, %v", o, err)
	}
	for line, want := range map[string]error{
		"BOGUS": errSyntax, "COUNT": errSyntax, "RANGE 1": errSyntax, "PARTITION 1": errSyntax,
		"COUNT 1 COUNT 1": errSyntax, "KEYS KEYS": errSyntax, "SET UNSET": errSyntax, "ALL SET": errSyntax,
		"KEYS RUNS": errKeysWithRuns, "RUNS KEYS": errKeysWithRuns,
		"COUNT x": errNotInteger, "COUNT -1": errNotPositive, "COUNT -x": errNotInteger, "COUNT -": errNotInteger,
		"RANGE 1 x": errInvalidRange, "RANGE -1 5": errInvalidRange, "RANGE 0 281474976710657": errInvalidRange,
		"PARTITION 0 0": tracker.ErrInvalidTotal, "PARTITION 0 65537": tracker.ErrInvalidTotal,
		"PARTITION 8 8": tracker.ErrInvalidIndex, "PARTITION x 8": errNotInteger,
	} {
		if _, err := parsedOptions(words(line), everything, 100); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", line, err, want)
		}
	}
	if _, err := parsedOptions(words("ALL"), optFilter, 100); err != errSyntax {
		t.Errorf("ALL where it is not allowed: %v", err)
	}
}

func parsedOptions(args [][]byte, allowed option, limit int) (o options, err error) {
	err = o.parse(args, allowed, limit)
	return o, err
}

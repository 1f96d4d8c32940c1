package cli

import (
	"math"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
)

func TestKinds_Spellings(t *testing.T) {
	spellings(t, "yes or no", yesNo(), map[string]bool{
		"yes": true, "YES": true, "Yes": true, "true": true, "True": true, "on": true, "1": true,
		"no": false, "NO": false, "false": false, "FALSE": false, "off": false, "Off": false, "0": false,
	}, "", "y", "2", "maybe", " yes", "yes ")
	spellings(t, "duration", duration(), map[string]time.Duration{
		"0": 0, "0s": 0, "10s": 10 * time.Second, "1m30s": 90 * time.Second, "1.5h": 90 * time.Minute, "250ms": 250 * time.Millisecond,
	}, "", "10", "-1s", "10 s", "ten", "1d")
	spellings(t, "bytes", byteSize[int64](0, math.MaxInt64), map[string]int64{
		"0": 0, "1048576": 1 << 20, "64mb": 64 << 20, "64MB": 64 << 20, "2gb": 2 << 30, "500k": 500_000, "5b": 5,
	}, "", "mb", "-1", "1.5gb", "64 mb", "1tb", "9223372036854775808")
	spellings(t, "bytes of a range", byteSize[int](32, 1<<20), map[string]int{"32": 32, "1mb": 1 << 20, "1048576": 1 << 20},
		"", "31", "0", "1048577", "2mb", "9223372036854775808")
	spellings(t, "number", number[int]("", 1, 10), map[string]int{"1": 1, "10": 10, "007": 7},
		"", "0", "11", "-1", "1e1", "0x1", "1_0", " 1", "99999999999999999999")
	spellings(t, "microseconds", ticks(time.Microsecond, "microseconds", -1), map[string]time.Duration{
		"0": 0, "10000": 10 * time.Millisecond, "9223372036854775807": math.MaxInt64 / 1000 * 1000,
	}, "", "-2", "10ms")
	spellings(t, "level", logLevel(), map[string]zerolog.Level{
		"debug": zerolog.DebugLevel, "info": zerolog.InfoLevel, "warn": zerolog.WarnLevel, "error": zerolog.ErrorLevel,
	}, "", "ERROR", "trace", "fatal", "disabled", "1")
	spellings(t, "address", address(), map[string]string{
		":0": ":0", "127.0.0.1:7171": "127.0.0.1:7171", "[::1]:7171": "[::1]:7171", "localhost:80": "localhost:80",
	}, "", ":", "127.0.0.1:", "7171", "127.0.0.1", "::1:7171", "127.0.0.1:65536", "127.0.0.1:-1")
	spellings(t, "address of the page", webAddressKind(), map[string]webAddress{
		":0": {":0", true}, "127.0.0.1:7172": {"127.0.0.1:7172", true}, "off": {"", true}, "": {"", true},
	}, "Off", "no", "7172", "127.0.0.1")
	spellings(t, "policy", policy(), map[string]journal.Policy{
		"always": journal.Always, "Always": journal.Always, "everysec": journal.EverySec, "EVERYSEC": journal.EverySec, "no": journal.No,
	}, "", "yes", "never", "every sec", "1")
	spellings(t, "backup", backupName(), map[string]string{"dump.pt": "dump.pt", "dump.rdb": "dump.rdb"},
		"", ".", "..", ".pt", "a/b", "/a", "LOCK", "base-00000001.pt", "incr-00000012.pt", "dump.pt.tmp", "a\x00b")
	spellings(t, "one word", oneOf("a", "b"), map[string]string{"a": "a", "b": "b"}, "", "B", "ab", "c")

	if v, err := ticks(time.Microsecond, "", -1).read("-1"); err != nil || v >= 0 {
		t.Errorf("-1 microseconds: %v, %v", v, err)
	}
}

func spellings[T comparable](t *testing.T, name string, k kind[T], good map[string]T, bad ...string) {
	t.Helper()
	for text, want := range good {
		v, err := k.read(text)
		if err != nil || v != want {
			t.Errorf("%s %q: %v, %v, want %v", name, text, v, err, want)
		}
		if again, err := k.read(k.write(v)); err != nil || again != v {
			t.Errorf("%s %q is written as %q and read as %v, %v", name, text, k.write(v), again, err)
		}
	}
	for _, text := range bad {
		if v, err := k.read(text); err == nil {
			t.Errorf("%s %q: %v, want an error", name, text, v)
		}
	}
}

// What Redis writes in a configuration is read, and no save points are some, too.
func TestSavings(t *testing.T) {
	k := savings()
	for text, want := range map[string]string{
		"": "", " ": "", "3600 1": "3600 1", "3600 1 300 100 60 10000": "3600 1 300 100 60 10000", " 900\t0 ": "900 0",
		"2147483648 18446744073709551615": "2147483648 18446744073709551615",
	} {
		points, err := k.read(text)
		if err != nil || k.write(points) != want {
			t.Errorf("%q: %q, %v, want %q", text, k.write(points), err, want)
		}
	}
	for _, bad := range []string{"3600", "0 1", "-1 1", "1 -1", "a b", "1 2 3", "2147483649 1", "1 18446744073709551616", "1.5 2"} {
		if points, err := k.read(bad); err == nil {
			t.Errorf("%q: %v, want an error", bad, points)
		}
	}
}

func TestKinds_SayWhatWouldDo(t *testing.T) {
	for got, want := range map[string]string{
		duration().must:                                  "a duration such as 10s",
		number[int]("", 0, 9).must:                       "a whole number from 0 to 9",
		number[int]("", 1, math.MaxInt).must:             "a whole number, 1 or more",
		ticks(time.Microsecond, "microseconds", -1).must: "a whole number of microseconds, -1 or more",
		byteSize[int64](0, math.MaxInt64).must:           "a number of bytes, such as 1048576, 64mb or 2gb",
		byteSize[int](32, 1<<20).must:                    "a number of bytes from 32 to 1mb, such as 1048576 or 64kb",
		oneOf("a", "b").must:                             "a or b",
		oneOf("a", "b", "c").must:                        "a, b or c",
	} {
		if got != want {
			t.Errorf("must be %s, want %s", got, want)
		}
	}
}

// CONFIG GET must not say "never" of what is soon.
func TestWholeSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", time.Nanosecond: "1", 500 * time.Millisecond: "1", time.Second: "1", 1500 * time.Millisecond: "2", time.Hour: "3600",
	} {
		if got := wholeSeconds(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

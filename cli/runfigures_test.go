package cli

import (
	"testing"
	"time"
)

// A ratio says 1 only if nothing has missed, and 0 only if nothing has hit.
func TestRatio(t *testing.T) {
	for _, c := range []struct {
		hits, misses uint64
		want         string
	}{
		{0, 0, ""}, {7, 0, "1"}, {0, 7, "0"}, {9, 1, "0.9"}, {2, 1, "0.666667"}, {1, 1, "0.5"},
		{1<<40 - 1, 1, "0.9999999999990905"}, {1, 1<<40 - 1, "9.094947017729282e-13"},
	} {
		if got := ratio(c.hits, c.misses); got != c.want {
			t.Errorf("%d hits, %d misses: %q, want %q", c.hits, c.misses, got, c.want)
		}
	}
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 1: "1ns", 84_213: "84.2µs", 999_999: "1ms", 1_234_567: "1.23ms", 59_999 * time.Millisecond: "1m0s", 61 * time.Second: "1m1s", 999: "999ns",
		2_100 * time.Millisecond: "2.1s",
	} {
		if got := short(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
}

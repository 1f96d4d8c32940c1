//go:build linux

package main

import (
	"slices"
	"testing"
	"time"
)

func TestSpreadOf(t *testing.T) {
	for _, c := range []struct {
		figures []float64
		want    spread
	}{
		{nil, spread{}},
		{[]float64{3}, spread{3, 3, 3}},
		{[]float64{4, 1}, spread{1, 2.5, 4}},
		{[]float64{9, 1, 5}, spread{1, 5, 9}},
	} {
		if got := spreadOf(c.figures); got != c.want {
			t.Errorf("%v: %v, want %v", c.figures, got, c.want)
		}
	}
}

// The ratio of a pair is its own: the median of the ratios is not the ratio of
// the medians.
func TestRatios_PairByPair(t *testing.T) {
	got := ratios([]float64{10, 100, 30}, []float64{5, 100, 10})
	if !slices.Equal(got, []float64{2, 1, 3}) {
		t.Errorf("%v", got)
	}
	if got := ratios([]float64{1, 2}, []float64{0}); got != nil {
		t.Errorf("from nothing: %v", got)
	}
}

func TestGoal_Mark(t *testing.T) {
	for _, c := range []struct {
		goal   goal
		figure float64
		want   string
	}{
		{goal{}, 1, dash},
		{atLeast(1), 1, "≥ 1.00: met"},
		{atLeast(1.7), 1.69, "≥ 1.70: **missed**"},
		{atMost(0.45), 0.45, "≤ 0.450: met"},
		{atMost(0.45), 0.46, "≤ 0.450: **missed**"},
		{atLeast(5000), 5001, "≥ 5.00 K: met"},
	} {
		if got := c.goal.mark(c.figure, ""); got != c.want {
			t.Errorf("%v of %v: %q, want %q", c.goal, c.figure, got, c.want)
		}
	}
}

func TestFormat(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.000213: "0.000213", 0.1234: "0.123", 0.9996: "1.00", 1.005e-12: "0.000000000",
		7.254: "7.25", 12.34: "12.3", 99.96: "100", 1234567: "1,234,567",
	} {
		if got := number(v); got != want {
			t.Errorf("number(%v) is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0", 172.4: "172", 90_123: "90.1 K", 999_999: "1.00 M", 6.99e6: "6.99 M", 1e9: "1.00 G"} {
		if got := short(v); got != want {
			t.Errorf("short(%v) is %q, want %q", v, got, want)
		}
	}
}

func TestResult_Figures(t *testing.T) {
	r := result{requests: 1000, took: 2 * time.Second, serverCPU: 500 * time.Millisecond, clientCPU: time.Second}
	if r.perSecond() != 500 || r.cpu() != 500 || r.serverBusy() != 0.25 || r.clientBusy() != 0.5 {
		t.Errorf("%v/s, %v us, %v and %v cores", r.perSecond(), r.cpu(), r.serverBusy(), r.clientBusy())
	}
}

func TestOccupancy(t *testing.T) {
	before, err := parseOccupancy("cpu  100 0 50 1000 0 0 10 5 0 0\ncpu0 1 2 3\n")
	if err != nil {
		t.Fatal(err)
	}
	after, err := parseOccupancy("cpu  150 0 70 1010 0 0 20 15 0 0\n") // 50+20+10 used, 10 idle, 10 stolen
	if err != nil {
		t.Fatal(err)
	}
	after.own = 600 * time.Millisecond
	const want = "of the machine's CPU time this run used 60 %, other programs 20 %, and its host took 10 %"
	if got := after.since(before); got != want {
		t.Error(got)
	}
	if _, err := parseOccupancy("cpu 1 2\n"); err == nil {
		t.Error("a short line is taken")
	}
}

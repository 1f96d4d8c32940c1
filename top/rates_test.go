package top

import (
	"math"
	"testing"
)

func TestPaces(t *testing.T) {
	ps := make(paces)
	free := uint64(1000)
	tell := func(now float64, p prefix) {
		p.ID, p.Free = "x", &free
		ps.note(&prefixes{Now: now, Rows: []prefix{p}})
	}
	tell(100, prefix{Count: 1000, Claims: 5000, Created: 1})
	if p := ps.of("x"); p.change != 0 || p.claims != 0 {
		t.Errorf("one answer makes a rate: %+v", p)
	}
	tell(102, prefix{Count: 1200, Claims: 5400, Takes: 100, Created: 1})
	p := ps.of("x")
	if p.change != 100 || p.claims != 200 || p.takes != 50 {
		t.Errorf("two answers make %+v", p)
	}
	if seconds, ok := untilFull(&p.last, p); !ok || seconds != 10 {
		t.Errorf("it is full in %g s, %t", seconds, ok)
	}
	tell(102.1, prefix{Count: 9999, Claims: 9999, Takes: 100, Created: 1}) // it was asked for something else
	if ps.of("x").change != 100 {
		t.Error("a tenth of a second makes a rate")
	}
	for now := 103.0; now < 130; now++ {
		tell(now, prefix{Count: 1200, Claims: 5400, Takes: 100, Created: 1})
	}
	if p := ps.of("x"); p.change != 0 || math.IsNaN(p.claims) {
		t.Errorf("when nothing happens any more: %+v", p)
	}
	if _, ok := untilFull(&p.last, ps.of("x")); ok {
		t.Error("it will be full")
	}
	for _, other := range []prefix{{Claims: 1, Created: 1}, {Claims: 9999, Created: 2}} { // a new server; a new prefix
		tell(131, other)
		if p := ps.of("x"); p.known || p.change != 0 {
			t.Errorf("%+v goes on from what was before: %+v", other, p)
		}
	}
	ps.note(&prefixes{Now: 131 + patience + 1})
	if len(ps) != 0 {
		t.Error("what is not told any more is remembered for ever")
	}
}

func TestShare(t *testing.T) {
	for _, test := range []struct {
		part, all    uint64
		share, drawn string
		cell         rune
	}{
		{0, 1000, "0%", "    ", '·'},
		{1, 1_000_000, "<0.1%", "▏   ", '▁'},
		{500, 1000, "50.0%", "██  ", '▄'},
		{999_999, 1_000_000, ">99.9%", "███▉", '▇'},
		{1000, 1000, "100%", "████", '█'},
		{1001, 1000, "100%", "████", '█'},
		{0, 0, "0%", "████", '·'},
		{1 << 63, 1<<64 - 1, "50.0%", "██  ", '▄'},
	} {
		if got := share(test.part, test.all); got != test.share {
			t.Errorf("%d of %d are %q, want %q", test.part, test.all, got, test.share)
		}
		if got := bar(test.part, test.all, 4); got != test.drawn {
			t.Errorf("%d of %d are drawn %q, want %q", test.part, test.all, got, test.drawn)
		}
		if got := level(test.part, test.all); got != test.cell {
			t.Errorf("%d of %d are a cell %q, want %q", test.part, test.all, got, test.cell)
		}
	}
}

func TestNumbersAndTimes(t *testing.T) {
	for got, want := range map[string]string{
		whole(0, 9): "0", whole(999, 9): "999", whole(1000, 9): "1,000", whole(1234567, 9): "1,234,567", whole(12345678, 9): "12.3M",
		whole(1<<64-1, 9): "18.4E", rate(0): "·", rate(0.5): "0.5", rate(-12.4): "-12", rate(1234567): "1.2M", signed(3): "+3.0",
		bytes(0): "0 B", bytes(999): "999 B", bytes(1500): "1.5 kB", bytes(64e9): "64.0 GB",
		span(0): "0s", span(59.9): "59s", span(61): "1m01s", span(3661): "1h01m", span(93784): "1d02h", span(1e300): "ages",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

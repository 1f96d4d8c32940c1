package workload

import (
	"strings"
	"testing"
)

func TestAmount_IsReadWrittenAndOf(t *testing.T) {
	for _, test := range []struct {
		text    string
		of, is  uint64
		written string
	}{
		{"5000000", 1, 5_000_000, "5M"}, {"5M", 1, 5_000_000, "5M"}, {"1.5k", 1, 1500, "1500"}, {"2G", 1, 2_000_000_000, "2G"}, {"0", 7, 0, "0"},
		{"281474976710656", 1, MaxIDs, "281474976710656"},
		{"50%", 10, 5, "50%"}, {"50%", 3, 2, "50%"}, {"50%", 1, 1, "50%"}, {"33.3333%", 1_000_000, 333_333, "33.3333%"}, {"0.50%", 1000, 5, "0.5%"},
		{"0%", 1000, 0, "0%"}, {"100%", MaxIDs, MaxIDs, "100%"}, {"0.0001%", MaxIDs, 281_474_977, "0.0001%"}, {"1%", 149, 1, "1%"}, {"1%", 150, 2, "1%"},
	} {
		a, err := ParseAmount(test.text)
		if err != nil || a.Of(test.of) != test.is || a.String() != test.written {
			t.Errorf("%s of %d: %d, %s, %v", test.text, test.of, a.Of(test.of), a, err)
			continue
		}
		if again, err := ParseAmount(a.String()); err != nil || again != a {
			t.Errorf("%s is written as %s", test.text, a)
		}
	}
	for _, text := range []string{"", "%", "M", "-1", "+1", "1e3", "1.5", ".5M", "5.M", "1.2345k", "101%", "0.00001%", "1 000", "1_000", "5m", "5MM", "281474976710657",
		"99999999999999999999", strings.Repeat("0", 40) + "1"} {
		if a, err := ParseAmount(text); err == nil {
			t.Errorf("%q is %s", text, a)
		}
	}
}

func TestChoice_RangeIsOfWhatIsKnown(t *testing.T) {
	part := func(n uint64) Amount { return Amount{Part: n, Is: IsPart} }
	for _, test := range []struct {
		c              Choice
		keys, min, max uint64
		parts          bool
	}{
		{Choice{}, 0, 0, MaxIDs, false},
		{Choice{}, 100, 0, 100, false},
		{Choice{Min: part(250_000), Max: part(500_000)}, 1000, 250, 500, true},
		{Choice{Min: Amount{Number: 5, Is: IsNumber}, Max: part(500_000)}, 1000, 5, 500, true},
		{Choice{Max: Amount{Number: 5, Is: IsNumber}}, 0, 0, 5, false},
	} {
		if min, max := test.c.Range(test.keys); min != test.min || max != test.max || test.c.InParts() != test.parts {
			t.Errorf("%+v of %d: %d to %d", test.c, test.keys, min, max)
		}
	}
}

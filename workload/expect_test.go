package workload

import (
	"math"
	"strings"
	"testing"
)

func TestExpectation_IsWhatItSays(t *testing.T) {
	for text, want := range map[string]Expectation{
		"hit=1":              {Figure: "hit", Is: "=", Value: 1},
		"hit = 0.9":          {Figure: "hit", Is: "=", Value: 0.9},
		"hit>=99.9%":         {Figure: "hit", Is: ">=", Value: 0.999},
		"GET.p99<5ms":        {Op: "GET", Figure: "p99", Percentile: 99, Is: "<", Value: 0.005},
		"p99.9<=10ms":        {Figure: "p99.9", Percentile: 99.9, Is: "<=", Value: 0.01},
		"PT.ADD.p99.99<1.5s": {Op: "PT.ADD", Figure: "p99.99", Percentile: 99.99, Is: "<", Value: 1.5},
		"PT.ADD.max<500us":   {Op: "PT.ADD", Figure: "max", Is: "<", Value: 0.0005},
		"ops>=100000":        {Figure: "ops", Is: ">=", Value: 100_000},
		"rate>1.5M":          {Figure: "rate", Is: ">", Value: 1_500_000},
		"errors=0":           {Figure: "errors", Is: "=", Value: 0},
		"DEL-2.misses=0":     {Op: "DEL-2", Figure: "misses", Is: "=", Value: 0},
		"wrong=0":            {Figure: "wrong", Is: "=", Value: 0},
		"mean<1ms":           {Figure: "mean", Is: "<", Value: 0.001},
	} {
		got, err := ParseExpectation(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
			continue
		}
		if again, err := ParseExpectation(got.String()); err != nil || again != got {
			t.Errorf("%s is written as %s: %v", text, got, err)
		}
	}
}

func TestExpectation_Refuses(t *testing.T) {
	for text, want := range map[string]string{
		"": "a figure, one of", "hit": "a figure, one of", "speed=1": "its figure must be", "=1": "its figure must be", ".hit=1": "its figure must be",
		"p0<1ms": "its figure", "p100<1ms": "its figure", "p-1<1ms": "its figure", "p<1ms": "its figure", "G T.hit=1": "its figure",
		"hit=1.1": "ratio", "hit=": "ratio", "hit==1": "ratio", "hit=0.1234567": "ratio", "hit=NaN": "ratio",
		"p99<5": "unit", "p99<0s": "unit", "max<2h": "unit", "ops>=1e5": "whole number", "errors=-1": "whole number", "ops>0.5": "whole number",
		"p99=5ms": "never the same", "rate=5": "never the same",
		strings.Repeat("a", 300) + ".hit=1": "a figure, one of",
	} {
		if got, err := ParseExpectation(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestExpectation_Met(t *testing.T) {
	for _, test := range []struct {
		text   string
		figure float64
		met    bool
	}{
		{"errors=0", 0, true}, {"errors=0", 1, false}, {"ops>=10", 10, true}, {"ops>=10", 9, false}, {"ops>10", 10, false},
		{"p99<5ms", 0.004999, true}, {"p99<5ms", 0.005, false}, {"p99<=5ms", 0.005, true}, {"p99<5ms", math.NaN(), false}, {"p99>5ms", math.NaN(), false},
		{"hit=1", 1, true}, {"hit=1", 0.99, false}, {"hit=0.9", math.NaN(), false},
	} {
		e, err := ParseExpectation(test.text)
		if err != nil || e.Met(test.figure) != test.met {
			t.Errorf("%s of %g: %v", test.text, test.figure, err)
		}
	}
}

// A ratio is met by numbers, not by digits: of a billion, one miss is one.
func TestExpectation_HitIsCounted(t *testing.T) {
	for _, test := range []struct {
		text            string
		hits, of, slack uint64
		met             bool
	}{
		{"hit=1", 1e9, 1e9, 4, true}, {"hit=1", 1e9 - 1, 1e9, 4, false}, {"hit=0", 0, 1e9, 4, true}, {"hit=0", 1, 1e9, 4, false},
		{"hit=0.9", 9e8, 1e9, 0, true}, {"hit=0.9", 9e8 + 1, 1e9, 0, false}, {"hit=0.9", 9e8 - 1, 1e9, 1, true}, {"hit=0.9", 9e8 - 2, 1e9, 1, false},
		{"hit=0.9", 9, 11, 0, true}, {"hit=0.9", 8, 11, 0, false}, {"hit=0.9", 10, 11, 0, true}, {"hit=0.9", 11, 11, 0, false}, {"hit=0.5", 1, 1, 0, true}, {"hit=0.5", 0, 1, 0, true}, {"hit=0.75", 750, 1001, 0, true}, {"hit=0.75", 749, 1001, 0, false}, {"hit=0.999", 998, 1000, 0, false},
		{"hit=1", 0, 0, 4, false}, {"hit=0", 0, 0, 4, false}, {"hit<1", 0, 0, 4, false},
		{"hit>=0.9", 9e8, 1e9, 0, true}, {"hit>=0.9", 9e8 - 1, 1e9, 9, false}, {"hit>0.9", 9e8, 1e9, 9, false}, {"hit<0.9", 9e8, 1e9, 9, false},
		{"hit<=0.9", 9e8, 1e9, 0, true}, {"hit<0.9", 9e8 - 1, 1e9, 0, true},
	} {
		e, err := ParseExpectation(test.text)
		if err != nil || e.MetHit(test.hits, test.of, test.slack) != test.met {
			t.Errorf("%s: %d of %d, slack %d: not %v (%v)", test.text, test.hits, test.of, test.slack, test.met, err)
		}
	}
}

// What a sequence gives is what is expected of it, after whatever number.
func TestExpectation_IsMetByTheSequence(t *testing.T) {
	for _, ratio := range []string{"0.75", "0.9", "0.999", "0.123457"} {
		e, err := ParseExpectation("hit=" + ratio)
		if err != nil {
			t.Fatal(err)
		}
		s := NewSequence([]Op{{Share: 1, Choose: Choice{Way: Sample, Hit: e.Value}}}, 1)
		hits := uint64(0)
		for i := range uint64(20_000) {
			if _, hit := s.At(i); hit {
				hits++
			}
			if !e.MetHit(hits, i+1, 0) {
				t.Fatalf("hit=%s is not met by %d of %d", ratio, hits, i+1)
			}
		}
	}
}

func FuzzExpectation(f *testing.F) {
	for _, text := range []string{"hit=0.9", "GET.p99.9<5ms", "PT.ADD.ops>=1.5M", "a.b.mean>1h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseExpectation(text)
		if err != nil {
			return
		}
		if again, err := ParseExpectation(e.String()); err != nil || again != e {
			t.Fatalf("%q is %+v, written as %q that is %+v: %v", text, e, e, again, err)
		}
	})
}

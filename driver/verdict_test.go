package driver

import (
	"testing"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// Of each sequence of samples less than one may be off: of several drivers and operations together as many times that.
func TestJudge_HitOfSeveralSequences(t *testing.T) {
	e, err := workload.ParseExpectation("hit=0.75")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		drivers, ops int
		hits, misses uint64
		met          bool
	}{
		{1, 1, 750, 251, true}, {1, 1, 749, 252, false}, {0, 1, 750, 251, true},
		{3, 1, 2250, 753, true}, {3, 1, 2249, 754, false}, {1, 3, 2250, 753, true}, {1, 3, 2249, 754, false},
	} {
		r := &Result{Drivers: c.drivers}
		for i := range c.ops {
			f := load.NewFigures()
			f.Outcomes[load.Hit], f.Outcomes[load.Miss] = c.hits/uint64(c.ops), c.misses/uint64(c.ops)
			if i == 0 {
				f.Outcomes[load.Hit] += c.hits % uint64(c.ops)
				f.Outcomes[load.Miss] += c.misses % uint64(c.ops)
			}
			r.Ops, r.Stats.Kinds = append(r.Ops, string(rune('A'+i))), append(r.Stats.Kinds, f)
		}
		if v := r.Judge([]workload.Expectation{e}); v[0].Met != c.met {
			t.Errorf("%+v: met %v", c, v[0].Met)
		}
	}
}

package tracker

import (
	"math"
	"slices"
	"testing"
)

// Whatever counts a class, the ranks of its IDs are found in it by their number.
func TestRanked_FindsRanksByTheirNumber(t *testing.T) {
	for _, n := range []uint64{1, 63, 5000, 100_000} {
		for _, every := range []uint64{1, 3, 1000} {
			w := exist(t, n+100, func(id uint64) bool { return mix(id)%every == 0 && id >= 100 })
			for _, filter := range []Filter{Set, Unset} {
				of := w.t.Select(filter, Mask{})
				r := Range{100, n + 100}
				straight := &placing{first: r.Min}
				turned := &placing{first: r.Min, turned: n / 2}
				scrambled := &placing{first: r.Min, turned: n / 3, scrambled: true, order: NewPermutation(n, 0)}
				cells := new(tally)
				cells.count(&of, r.Min, r)
				for _, c := range []struct {
					name  string
					set   ranked
					place *placing
				}{
					{"tally", cells, straight},
					{"deck", (&drawing{Drawer: &Drawer{scrambling: *scrambled}, of: of, r: r}).deal(), scrambled},
					{"turned deck", (&drawing{Drawer: &Drawer{scrambling: *turned}, of: of, r: r}).deal(), turned},
				} {
					var want []uint64
					for id := range of.all(r) {
						rank := c.place.rank(id)
						if c.place.id(rank) != id {
							t.Fatalf("%s: ID %d has rank %d, which is that of %d", c.name, id, rank, c.place.id(rank))
						}
						want = append(want, rank)
					}
					slices.Sort(want)
					if c.set.total() != uint64(len(want)) {
						t.Fatalf("%s of %d, every %d, filter %d: %d ranks, want %d", c.name, n, every, filter, c.set.total(), len(want))
					}
					if got := c.set.collect(nil, 0, n); !slices.Equal(got, want) {
						t.Fatalf("%s of %d, every %d, filter %d: collects %d ranks, want %d", c.name, n, every, filter, len(got), len(want))
					}
					step := max(1, len(want)/40)
					for i := 0; i < len(want); i += step {
						if rank, ok := c.set.at(uint64(i)); !ok || rank != want[i] {
							t.Fatalf("%s of %d, every %d, filter %d: at %d is %d, %t, want %d", c.name, n, every, filter, i, rank, ok, want[i])
						}
						if got := c.set.before(want[i]); got != uint64(i) {
							t.Fatalf("%s: %d before %d, want %d", c.name, got, want[i], i)
						}
						if got := c.set.before(want[i] + 1); got != uint64(i)+1 {
							t.Fatalf("%s: %d before %d, want %d", c.name, got, want[i]+1, i+1)
						}
						if got := c.set.collect(nil, uint64(i), 3); !slices.Equal(got, want[i:min(i+3, len(want))]) {
							t.Fatalf("%s: collects %v from %d on", c.name, got, i)
						}
					}
					if _, ok := c.set.at(uint64(len(want))); ok {
						t.Fatalf("%s has more ranks than it counts", c.name)
					}
				}
			}
		}
	}
}

// The steps of every law cover all that is likely, once, none with a rank that is
// likelier than the step says, or less likely than it takes for sure; and they are few,
// however many ranks.
func TestStairs_CoverTheLaw(t *testing.T) {
	most := 0
	for _, l := range slices.Concat(laws, []struct {
		name   string
		law    Law
		weight func(k, n float64) float64
	}{{name: "zipf 40", law: Zipf(40)}, {name: "narrow", law: Normal(1, 1e-6)}, {name: "steep", law: Exponential(.9999, 1e-9)}, {name: "rising", law: Exponential(.1, .9)}}) {
		for _, n := range []uint64{1, 2, 7, 1000, 1 << 20, 1<<40 + 12345, Limit} {
			var s stairs
			shape := l.law.over(n)
			s.build(shape, n, everyRank(n), wholeSlope, nil, nil)
			most = max(most, len(s.steps))
			steps := slices.Clone(s.steps)
			slices.SortFunc(steps, func(a, b step) int { return int(int64(a.from) - int64(b.from)) })
			for i, a := range steps {
				if a.from >= a.to || a.to > n || a.n != a.to-a.from || i > 0 && a.from != steps[i-1].to {
					t.Fatalf("%s over %d: step %d is %d to %d with %d ranks", l.name, n, i, a.from, a.to, a.n)
				}
				for _, rank := range []uint64{a.from, a.from + (a.to-a.from)/2, a.to - 1} {
					w := shape.weight(rank)
					if w > a.bound || math.Exp(w-a.bound) < a.sure || w < a.bound-wholeSlope {
						t.Fatalf("%s over %d: rank %d of step %v weighs %g", l.name, n, rank, a, w)
					}
				}
			}
			left := math.Inf(-1)
			if first := steps[0].from; first > 0 {
				left = max(left, shape.weight(first-1)+math.Log(float64(first)))
			}
			if last := steps[len(steps)-1].to; last < n {
				left = max(left, shape.weight(last)+math.Log(float64(n-last)))
			}
			if left > s.top+math.Log(s.mass)-64*math.Ln2 {
				t.Fatalf("%s over %d: the steps leave out e^%.1f of the whole", l.name, n, left-s.top-math.Log(s.mass))
			}
		}
	}
	if most > 1500 {
		t.Errorf("%d steps", most)
	}
	t.Logf("%d steps at most", most)
}

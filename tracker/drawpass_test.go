package tracker

import (
	"slices"
	"testing"
	"time"
)

// soonGone is a client that waits so long and no longer.
type soonGone time.Time

func (g soonGone) Gone() bool { return time.Now().After(time.Time(g)) }

// However large the range, and however little of the law is left to the class, draws come in
// the time that the IDs take that there are.
func TestDraw_TakesWhatTheIDsTakeAndNotTheRange(t *testing.T) {
	const n = deckRanks + 1000
	reg, err := NewRegistry(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := reg.Caller(nil).At("p:")
	if _, err := h.AddRange(Range{0, n}); err != nil {
		t.Fatal(err)
	}
	if _, err := reg.Caller(nil).At("many:").AddRange(Range{0, 200_000_000}); err != nil {
		t.Fatal(err)
	}
	mask, err := h.caller.Mask("many:", "")
	if err != nil {
		t.Fatal(err)
	}
	many := reg.Caller(nil).At("many:")
	for _, scramble := range []bool{false, true} {
		for _, c := range []struct {
			r    Range
			hit  float64
			mask Mask
			n    int
		}{
			{Range{0, 200_000_001}, 0, Mask{}, 300},
			{Range{1, 200_000_000}, 0, Mask{}, 0},
			{Range{0, 200_000_000}, 1, mask, 0},
		} {
			var by Drawer
			drawn, err := many.Draw(nil, &Draws{N: 300, Hit: c.hit, Scramble: scramble, Range: c.r, Ranged: true, Mask: c.mask, Client: soonGone(time.Now().Add(4 * time.Second))}, &by)
			if err != nil || len(drawn) != c.n {
				t.Errorf("scrambled %t, %v: %d, %v", scramble, c.r, len(drawn), err)
			}
		}
	}
	for _, d := range []Draws{
		{Hit: 1, Scramble: true},
		{Hit: 1, Scramble: true, Law: Zipf(.99)},
		{Hit: 1, Scramble: true, Law: Normal(.5, .001)},
		{Hit: 1, Law: Normal(.5, .001)},
		{Hit: 0, Law: Zipf(50)},
		{Hit: 0, Law: Hotspot(0, 1)},
		{Hit: 0, Law: Latest(30)},
		{Hit: 0, Law: Normal(0, 1e-12)},
		{Hit: 0, Law: Hotspot(2e-12, 1), Scramble: true},
	} {
		for _, distinct := range []bool{false, true} {
			d.Distinct, d.Ranged, d.Range, d.N = distinct, true, Range{0, Limit}, 300
			d.Client = soonGone(time.Now().Add(20 * time.Second))
			var by Drawer
			drawn, err := h.Draw(nil, &d, &by)
			if err != nil || len(drawn) != d.N {
				t.Errorf("%+v: %d, %v", d, len(drawn), err)
			}
		}
	}
}

// In passes over the class each ID is drawn by its weight, and without repetition each by its
// weight among those that are left.
func TestDraw_InPassesByTheLaw(t *testing.T) {
	w := exist(t, 40, func(id uint64) bool { return id%3 != 1 })
	for _, l := range laws {
		for _, scramble := range []bool{false, true} {
			draws := Draws{Hit: 1, Law: l.law, Scramble: scramble, N: 3}
			var by Drawer
			by.src = generatorOf(3)
			r := Range{0, w.n}
			by.place(w.t, &draws, r)
			var weights []float64
			place := make(map[uint64]int)
			for k, id := range w.ranks(l.law, scramble) {
				if w.t.Exists(id) {
					place[id] = len(weights)
					weights = append(weights, l.weight(float64(k), float64(w.n)))
				}
			}
			mass := 0.0
			for _, w := range weights {
				mass += w
			}
			seconds := make([]float64, len(weights))
			for i, w := range weights {
				for j, other := range weights {
					if i != j {
						seconds[i] += other / mass * w / (mass - other)
					}
				}
			}
			for _, distinct := range []bool{false, true} {
				draws.Distinct = distinct
				first, second := make([]int, len(weights)), make([]int, len(weights))
				for range 20_000 {
					c := drawing{Drawer: &by, Draws: &draws, tracker: w.t, of: w.t.Select(Set, Mask{}), r: r, n: 3}
					by.seen = make(map[uint64]struct{})
					if all := c.inPasses(draws.Law.over(w.n), 3); !all || len(c.got) != 3 {
						t.Fatalf("%s: %v", l.name, c.got)
					}
					first[place[c.got[0].ID()]]++
					second[place[c.got[1].ID()]]++
				}
				fit(t, l.name, weights, first)
				if distinct {
					fit(t, l.name+", the second", seconds, second)
				} else {
					fit(t, l.name+", the second", weights, second)
				}
			}
		}
	}
	draws := Draws{Hit: 1, Law: Hotspot(.05, 1), N: 40, Distinct: true} // it has 2 IDs, of which 1 exists
	var by Drawer
	by.seen = make(map[uint64]struct{})
	by.place(w.t, &draws, Range{0, w.n})
	c := drawing{Drawer: &by, Draws: &draws, tracker: w.t, of: w.t.Select(Set, Mask{}), r: Range{0, w.n}, n: 40}
	if all := c.inPasses(draws.Law.over(w.n), 40); !all || uint64(len(c.got)) != w.t.Count() || c.got[0].ID() != 0 {
		t.Errorf("all of them, distinct: %v", c.got)
	}
}

// The draws of a seed are those of the IDs: what memory there is has no part in it.
func TestDraw_OfASeedAreTheSameWhateverMemoryThereIs(t *testing.T) {
	reg, err := NewRegistry(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	small, large := reg.Caller(nil).At("small:"), reg.Caller(nil).At("large:")
	if _, err := large.AddRange(Range{1 << 20, 1 << 24}); err != nil {
		t.Fatal(err)
	}
	large.found().RemoveRange(Range{1 << 20, 1 << 24})
	for _, h := range []Handle{small, large} {
		if _, err := h.AddRange(Range{0, 1000}); err != nil {
			t.Fatal(err)
		}
	}
	if small.found().Capacity() == large.found().Capacity() {
		t.Fatal("they have the same memory")
	}
	for seed := range uint64(30) {
		for _, d := range []Draws{
			{Hit: 0, Law: Zipf(1.5)}, {Hit: 0, Law: Zipf(3)}, {Hit: 0, Law: Normal(0, 1e-4)}, {Hit: .5, Law: Latest(2), Scramble: true}, {Hit: 1, Distinct: true},
		} {
			d.N, d.Seeded, d.Seed, d.Ranged, d.Range = 200, true, seed, true, Range{0, 1 << 24}
			one, err := small.Draw(nil, &d, new(Drawer))
			if err != nil {
				t.Fatal(err)
			}
			other, err := large.Draw(nil, &d, new(Drawer))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(one, other) {
				t.Fatalf("%+v: %v and %v", d, one, other)
			}
		}
	}
}

package tracker

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
)

func mustDraw(t *testing.T, h Handle, d Draws, by *Drawer) []Drawn {
	t.Helper()
	drawn, err := h.Draw(nil, &d, by)
	if err != nil {
		t.Fatal(err)
	}
	return drawn
}

func hitsOf(drawn []Drawn) (n int) {
	for _, one := range drawn {
		if one.Exists() {
			n++
		}
	}
	return n
}

// Over all draws that a client has had of a prefix so many exist as the ratio says, to
// the nearest whole number, whatever the sizes of its batches and what else it draws.
func TestDraw_HitRatioIsExact(t *testing.T) {
	reg, err := NewRegistry(Config{MaxID: 1000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := reg.Caller(nil)
	var by, other Drawer
	src := generatorOf(1)
	type key struct {
		prefix string
		ratio  float64
	}
	draws, hits := make(map[key]int), make(map[key]int)
	keys := []key{{"a:", .5}, {"b:", .5}, {"a:", .1}, {"b:", 1. / 3}, {"a:", .999}, {"c:", .25}, {"c:", 0}, {"c:", 1}}
	for _, k := range keys {
		if _, err := c.At(k.prefix).AddRange(Range{100, 600}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20_000 {
		k := keys[i%len(keys)]
		n := int(src.below(4))
		if i%1000 == 0 {
			n = 900
		}
		drawn := mustDraw(t, c.At(k.prefix), Draws{N: n, Hit: k.ratio}, &by)
		draws[k] += n
		hits[k] += hitsOf(drawn)
		if want := int(math.Round(k.ratio * float64(draws[k]))); len(drawn) != n || hits[k] != want {
			t.Fatalf("%v: after %d draws %d exist, want %d", k, draws[k], hits[k], want)
		}
		mustDraw(t, c.At(k.prefix), Draws{N: 3, Hit: k.ratio}, &other)                // another client
		mustDraw(t, c.At(k.prefix), Draws{N: 7, Hit: .3, Seeded: true, Seed: 5}, &by) // for itself
	}
	for n := range 30 {
		drawn := mustDraw(t, c.At("a:"), Draws{N: n, Hit: .7, Seeded: true}, &by)
		if want := int(math.Round(.7 * float64(n))); hitsOf(drawn) != want {
			t.Errorf("%d of %d seeded draws exist, want %d", hitsOf(drawn), n, want)
		}
	}
}

// A class that has no ID gives none, and the other no more than its part.
func TestDraw_OfOneClassAlone(t *testing.T) {
	full := exist(t, 100, func(uint64) bool { return true })
	empty := exist(t, 100, func(uint64) bool { return false })
	var by Drawer
	for _, l := range laws {
		for _, distinct := range []bool{false, true} {
			d := Draws{N: 40, Hit: .75, Law: l.law, Distinct: distinct}
			if drawn := mustDraw(t, full.handle, d, &by); len(drawn) != 30 || hitsOf(drawn) != 30 {
				t.Errorf("%s, full: %d draws, %d exist", l.name, len(drawn), hitsOf(drawn))
			}
			if drawn := mustDraw(t, empty.handle, d, &by); len(drawn) != 10 || hitsOf(drawn) != 0 {
				t.Errorf("%s, empty: %d draws, %d exist", l.name, len(drawn), hitsOf(drawn))
			}
		}
	}
}

// What a seed gives depends on it and on which IDs exist: on nothing that was drawn
// before, and not on how memory came to be.
func TestDraw_SeedRepeats(t *testing.T) {
	const n = 1 << 20
	layouts := map[string]func(id uint64) bool{
		"dense":    func(id uint64) bool { return mix(id)%10 != 0 },
		"sparse":   func(id uint64) bool { return mix(id)%5000 == 0 },
		"hot gone": func(id uint64) bool { return id > n/2 },
	}
	for name, is := range layouts {
		one := exist(t, n, is)
		other := exist(t, n, func(uint64) bool { return true })
		for id := range uint64(n) {
			if !is(id) {
				other.t.Remove(id)
			}
		}
		var used Drawer
		for i, l := range laws {
			for form := range 4 {
				d := Draws{N: 300, Hit: .8, Law: l.law, Seeded: true, Seed: uint64(i), Scramble: form&1 != 0, Distinct: form&2 != 0}
				first := mustDraw(t, one.handle, d, new(Drawer))
				mustDraw(t, one.handle, Draws{N: 10, Hit: .5, Law: l.law}, &used)
				if second := mustDraw(t, other.handle, d, &used); !slices.Equal(first, second) {
					t.Errorf("%s, %s, form %d: other draws with the same seed", name, l.name, form)
				}
				if d.Seed++; slices.Equal(first, mustDraw(t, one.handle, d, new(Drawer))) {
					t.Errorf("%s, %s, form %d: the same draws with another seed", name, l.name, form)
				}
			}
		}
	}
}

// The laws where all that is likely is gone: what is left has the shares that it has
// among itself, and where the law gives it none, all are alike.
func TestDraw_WhatIsLeftIsDrawn(t *testing.T) {
	const n = 60_000
	for _, c := range []struct {
		name   string
		law    Law
		left   func(id uint64) bool
		weight func(id float64) float64
	}{
		{"zipf 3", Zipf(3), func(id uint64) bool { return id >= 30_000 && id%3 == 0 }, func(id float64) float64 { return math.Pow((id+1)/30_000, -3) }},
		{"zipf 50", Zipf(50), func(id uint64) bool { return id >= 55_000 }, func(id float64) float64 { return math.Pow((id+1)/55_000, -50) }},
		{"hotspot", Hotspot(.2, 1), func(id uint64) bool { return id >= 12_000 && id%100 == 0 }, func(float64) float64 { return 1 }},
		{"hotspot of nothing", Hotspot(.5, 0), func(id uint64) bool { return id < 100 }, func(float64) float64 { return 1 }},
		{"exponential", Exponential(.999, .01), func(id uint64) bool { return id >= 50_000 }, func(id float64) float64 {
			return math.Exp(math.Log(.001) / .01 * (id - 50_000) / n)
		}},
		{"normal", Normal(.2, .001), func(id uint64) bool { return id >= 55_000 }, func(id float64) float64 {
			z, z0 := ((id+.5)/n-.2)/.001, ((55_000+.5)/n-.2)/.001
			return math.Exp((z0*z0 - z*z) / 2)
		}},
		{"normal on both sides", Normal(.5, .01), func(id uint64) bool { return id <= 29_000-1 || id >= 31_000 }, func(id float64) float64 {
			z, z0 := ((id+.5)/n-.5)/.01, ((31_000+.5)/n-.5)/.01
			return math.Exp((z0*z0 - z*z) / 2)
		}},
		{"normal too narrow for numbers", Normal(.3, 1e-300), func(id uint64) bool { return id%1000 == 5 }, func(float64) float64 { return 1 }},
		{"latest", Latest(2), func(id uint64) bool { return id%10 == 0 && id <= 40_000 }, func(id float64) float64 { return math.Pow(40_000-id+1, -2) }},
	} {
		w := exist(t, n, c.left)
		for _, scramble := range []bool{false, true} {
			if scramble && (c.law.kind == latest || c.law.kind == normal) {
				continue
			}
			is := w
			order := NewPermutation(n, 0)
			if scramble {
				is = exist(t, n, func(id uint64) bool { return c.left(order.Of(id)) })
			}
			drawn := is.drawMany(t, Draws{Hit: 1, Law: c.law, Scramble: scramble}, 5000)
			var weights []float64
			var counts []int
			for k := range uint64(n) {
				if c.left(k) {
					id := k
					if scramble {
						id = order.At(k)
					}
					weights = append(weights, c.weight(float64(k)))
					counts = append(counts, drawn[id])
				}
			}
			fit(t, fmt.Sprintf("%s, scrambled %t", c.name, scramble), weights, counts)
		}
		if c.law.kind != latest && w.t.Stats().Fallbacks == 0 {
			t.Errorf("%s: no fallback", c.name)
		}
		free := exist(t, n, func(id uint64) bool { return !c.left(id) })
		if drawn := free.drawMany(t, Draws{Hit: 0, Law: c.law}, 1000); len(drawn) == 0 {
			t.Errorf("%s: no free ID", c.name)
		}
	}
}

// Without repetition each draw has the law's probability among what is left: of four
// IDs the orders of the first two are as often as that says.
func TestDraw_DistinctIsExact(t *testing.T) {
	for _, layout := range []struct {
		name string
		ids  []uint64
		n    uint64
	}{{"all tried", []uint64{0, 1, 2, 3, 4, 5}, 6}, {"counted", []uint64{3, 1000, 29_999, 40_000, 50_000, 50_001}, 1 << 16}} {
		w := exist(t, layout.n, func(id uint64) bool { return slices.Contains(layout.ids, id) })
		for _, scramble := range []bool{false, true} {
			for i, l := range laws {
				p := make([]float64, len(layout.ids))
				ranks := w.ranks(l.law, scramble)
				for k, id := range ranks {
					if j := slices.Index(layout.ids, id); j >= 0 {
						p[j] = l.weight(float64(k), float64(layout.n))
					}
				}
				var mass float64
				for _, x := range p {
					mass += x
				}
				var weights []float64
				for a := range p {
					for b := range p {
						x := 0.0
						if a != b {
							x = p[a] / mass * p[b] / (mass - p[a])
						}
						weights = append(weights, x)
					}
				}
				counts := make([]int, len(weights))
				var by Drawer
				for seed := range uint64(600) {
					drawn := mustDraw(t, w.handle, Draws{N: 2, Hit: 1, Law: l.law, Scramble: scramble, Distinct: true, Seeded: true, Seed: seed + uint64(10_000*i)}, &by)
					if len(drawn) != 2 {
						t.Fatalf("%s, %s: %d draws", layout.name, l.name, len(drawn))
					}
					counts[slices.Index(layout.ids, drawn[0].ID())*len(p)+slices.Index(layout.ids, drawn[1].ID())]++
				}
				fit(t, fmt.Sprintf("%s, %s, scrambled %t", layout.name, l.name, scramble), weights, counts)
			}
		}
	}
}

// Draws without repetition give all IDs of a class once, if so many are wanted, and
// never one twice.
func TestDraw_DistinctGivesAll(t *testing.T) {
	for _, n := range []uint64{1, 2, 100, 5000} {
		for _, every := range []uint64{1, 2, 50} {
			w := exist(t, n, func(id uint64) bool { return id%every == 0 })
			have := int((n + every - 1) / every)
			var by Drawer
			for _, law := range []Law{Uniform(), Zipf(1), Zipf(20), Hotspot(.1, 1), Latest(5), Exponential(.999, .0001), Normal(.3, .001)} {
				for _, scramble := range []bool{false, true} {
					for _, want := range []int{have / 2, have, have + 7} {
						drawn := mustDraw(t, w.handle, Draws{N: want, Hit: 1, Law: law, Scramble: scramble, Distinct: true}, &by)
						ids := make(map[uint64]bool)
						for _, one := range drawn {
							ids[one.ID()] = true
							if !one.Exists() || !w.t.Exists(one.ID()) {
								t.Fatalf("%d does not exist", one.ID())
							}
						}
						if len(drawn) != min(want, have) || len(ids) != len(drawn) {
							t.Fatalf("%d of %d IDs wanted, %v, scrambled %t: %d draws of %d IDs", want, have, law, scramble, len(drawn), len(ids))
						}
					}
				}
			}
		}
	}
}

// Quick draws end where they would take long, and nothing has happened then.
func TestDraw_QuickGivesUp(t *testing.T) {
	w := exist(t, 1<<22, func(id uint64) bool { return id%1024 == 0 })
	var by Drawer
	d := Draws{N: 500, Hit: .5, Quick: true}
	if _, err := w.handle.Draw(nil, &d, &by); !errors.Is(err, ErrLong) {
		t.Fatal(err)
	}
	d.N, d.Hit, d.Quick = 1, .5, false
	if drawn := mustDraw(t, w.handle, d, &by); hitsOf(drawn) != 1 { // the first of its share: .5 rounds up
		t.Errorf("%d exist", hitsOf(drawn))
	}
}

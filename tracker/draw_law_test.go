package tracker

import (
	"fmt"
	"math"
	"testing"
)

// The laws as their definitions have them: the weight of rank k of n.
var laws = []struct {
	name   string
	law    Law
	weight func(k, n float64) float64
}{
	{"uniform", Uniform(), func(k, n float64) float64 { return 1 }},
	{"zipf .5", Zipf(.5), zipfWeight(.5)},
	{"zipf .99", Zipf(.99), zipfWeight(.99)},
	{"zipf 1", Zipf(1), zipfWeight(1)},
	{"zipf 1.2", Zipf(1.2), zipfWeight(1.2)},
	{"hotspot", Hotspot(.2, .8), func(k, n float64) float64 {
		if k < math.Round(.2*n) {
			return .8 / math.Round(.2*n)
		}
		return .2 / (n - math.Round(.2*n))
	}},
	{"cold first", Hotspot(.3, .1), func(k, n float64) float64 {
		if k < math.Round(.3*n) {
			return .1 / math.Round(.3*n)
		}
		return .9 / (n - math.Round(.3*n))
	}},
	{"latest", Latest(.99), zipfWeight(.99)},
	// A geometric law: .95 of it lie within the first tenth.
	{"exponential", Exponential(.95, .1), func(k, n float64) float64 { return math.Exp(-exponentialOf95 * k / n) }},
	{"normal", Normal(.5, .1), func(k, n float64) float64 {
		x := (k + .5) / n
		return math.Exp(-(x - .5) * (x - .5) / (2 * .1 * .1))
	}},
}

const exponentialOf95 = 29.957322735539 // (1-exp(-x/10)) / (1-exp(-x)) = .95

func zipfWeight(theta float64) func(k, n float64) float64 {
	return func(k, n float64) float64 { return math.Pow(k+1, -theta) }
}

// fit compares how often each of the ranks was drawn with its weight, and fails at
// what happens by chance once in 30,000 times; the seeds are fixed, so it does or does
// not. (Wilson and Hilferty's cube root makes a chi-square a normal variable.)
func fit(t *testing.T, what string, weights []float64, drawn []int) {
	t.Helper()
	z, bins := fitness(weights, drawn)
	if math.Abs(z) > 4 {
		t.Errorf("%s: the chi-square of %d bins is %.1f deviations off", what, bins, z)
	}
}

func fitness(weights []float64, drawn []int) (z float64, bins int) {
	var mass, total float64
	for i := range weights {
		mass += weights[i]
		total += float64(drawn[i])
	}
	var wants, gots []float64
	var want, got float64
	for i := range weights {
		want += weights[i] / mass * total
		if got += float64(drawn[i]); want >= 20 {
			wants, gots = append(wants, want), append(gots, got)
			want, got = 0, 0
		}
	}
	if want == 0 && got > 0 || len(wants) == 0 {
		return math.Inf(1), 0
	}
	wants[len(wants)-1] += want
	gots[len(wants)-1] += got
	var chi float64
	for i := range wants {
		chi += (gots[i] - wants[i]) * (gots[i] - wants[i]) / wants[i]
	}
	bins = len(wants)
	if bins < 2 {
		return 0, bins
	}
	df := float64(bins - 1)
	return (math.Cbrt(chi/df) - (1 - 2/(9*df))) / math.Sqrt(2/(9*df)), bins
}

// A world of draws: which IDs of a range exist.
type drawWorld struct {
	handle Handle
	t      *Tracker
	n      uint64
}

// exist makes a prefix of n IDs of which those exist that is says.
func exist(t *testing.T, n uint64, is func(id uint64) bool) drawWorld {
	t.Helper()
	reg, err := NewRegistry(Config{MaxID: n}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := reg.Caller(nil).At("p:")
	var ids []uint64
	for id := range n {
		if is(id) {
			ids = append(ids, id)
		}
	}
	if _, err := h.Add(ids); err != nil {
		t.Fatal(err)
	}
	if err := h.Reserve(1); err != nil {
		t.Fatal(err)
	}
	return drawWorld{h, h.found(), n}
}

// drawMany draws so many IDs by batches of 64 to 65,536, and tells how often each came.
func (w drawWorld) drawMany(t *testing.T, d Draws, n int) map[uint64]int {
	t.Helper()
	var by Drawer
	counts := make(map[uint64]int)
	d.Seeded = true
	for size := 64; n > 0; n -= d.N {
		d.N = min(n, size)
		size = min(4*size, 1<<16)
		d.Seed++
		drawn, err := w.handle.Draw(nil, &d, &by)
		if err != nil || len(drawn) != d.N {
			t.Fatalf("%d of %d, %v", len(drawn), d.N, err)
		}
		for _, one := range drawn {
			if one.Exists() != (d.Hit == 1) || one.Exists() != w.t.Exists(one.ID()) {
				t.Fatalf("%d: exists is %t", one.ID(), one.Exists())
			}
			counts[one.ID()]++
		}
	}
	return counts
}

// ranks tells which ID has which rank.
func (w drawWorld) ranks(l Law, scramble bool) []uint64 {
	last := uint64(0)
	if l.kind == latest {
		for id := range w.n {
			if w.t.Exists(id) {
				last = id + 1
			}
		}
	}
	order := NewPermutation(w.n, 0)
	ids := make([]uint64, w.n)
	for k := range w.n {
		place := k
		if scramble {
			place = order.At(k)
		}
		if place < last {
			place = last - 1 - place
		}
		ids[k] = place
	}
	return ids
}

// Every law is exact among those IDs that exist, and among those that do not, however
// few they are.
func TestDraw_SharesAreThoseOfTheLaw(t *testing.T) {
	for _, density := range []float64{1, .5, .01, .00001} {
		n := uint64(200_000)
		if density < .001 {
			n = 8_000_000
		}
		src := generatorOf(7)
		full := exist(t, n, func(uint64) bool { return src.unit() < density })
		check := func(when string, w drawWorld, hit float64) {
			for i, l := range laws {
				for _, scramble := range []bool{false, true} {
					if scramble && (i%3 != 2 || density < .001) {
						continue
					}
					drawn := w.drawMany(t, Draws{Hit: hit, Law: l.law, Scramble: scramble, Seed: uint64(1000 * i)}, 20_000)
					var weights []float64
					var counts []int
					for k, id := range w.ranks(l.law, scramble) {
						if w.t.Exists(id) == (hit == 1) {
							weights = append(weights, l.weight(float64(k), float64(n)))
							counts = append(counts, drawn[id])
						}
					}
					fit(t, fmt.Sprintf("density %g%%, %s, hit %g, %s, scrambled %t", 100*density, when, hit, l.name, scramble), weights, counts)
				}
			}
		}
		check("full", full, 1)
		if density == .01 {
			check("full", full, 0)
		}
		full.handle.caller.notes = nil
		for id := range n {
			if full.t.Exists(id) && src.next()&1 == 0 {
				full.t.Remove(id)
			}
		}
		check("half gone", full, 1)
		if density == 1 {
			check("half gone", full, 0)
		}
	}
}

package bitmap

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// chiSquare returns the statistic of draws over members, each of which should
// come equally often, in standard deviations from its mean.
func chiSquare(t *testing.T, counts map[uint64]int, members []uint64, draws int) float64 {
	t.Helper()
	expected := float64(draws) / float64(len(members))
	var sum float64
	total := 0
	for _, id := range members {
		d := float64(counts[id]) - expected
		sum += d * d / expected
		total += counts[id]
	}
	if total != draws {
		t.Fatalf("%d of %d draws are no members", draws-total, draws)
	}
	k := float64(len(members) - 1)
	return (sum - k) / sqrt(2*k)
}

func sqrt(x float64) float64 {
	z := x
	for range 60 {
		z = (z + x/z) / 2
	}
	return z
}

// layouts are sets of every density, lying evenly and in lumps.
func layouts() map[string][]uint64 {
	r := rand.New(rand.NewPCG(1, 2))
	scattered := func(n int, space uint64) []uint64 {
		set := map[uint64]bool{}
		for len(set) < n {
			set[r.Uint64N(space)] = true
		}
		var ids []uint64
		for id := range set {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		return ids
	}
	run := func(from, n uint64) (ids []uint64) {
		for id := range n {
			ids = append(ids, from+id)
		}
		return ids
	}
	return map[string][]uint64{
		"one":              {12345678},
		"head":             run(0, 100),
		"full head":        run(0, 4096),
		"low":              scattered(300, 200_000),
		"1,000 in 10 M":    scattered(1000, 10_000_000),
		"2,000 in 2 M":     scattered(2000, 2_000_000),
		"lumps":            slices.Concat(run(10, 500), run(300_000, 3), run(5_000_000, 1000)),
		"one far away":     slices.Concat(run(0, 999), []uint64{1 << 40}),
		"two in each word": slices.Concat(run(0, 2), run(64, 2), run(1<<18, 2), run(1<<24, 2)),
	}
}

func TestSampler_IsUniformAtEveryDensity(t *testing.T) {
	for name, members := range layouts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := New()
			for _, id := range members {
				b.Set(id)
			}
			// Both ways to draw must be fair, whichever is taken here.
			var s Sampler
			land := b.root.Load().surveyed()
			var calm suspects
			ways := map[string]func(dst []uint64, n int) []uint64{
				"append": func(dst []uint64, n int) []uint64 { return s.Append(dst, b, n) },
				"pick": func(dst []uint64, n int) []uint64 {
					return s.pick(dst, land, n, uint64(len(members)), &calm)
				},
				"distinct": func(dst []uint64, n int) []uint64 { return s.AppendDistinct(dst, b, 1+n%3) },
			}
			if land.slots < 1000*uint64(len(members)) {
				ways["throw"] = func(dst []uint64, n int) []uint64 { return land.throw(dst, len(dst)+n, uint64(len(members)), &calm) }
			}
			for way, draw := range ways {
				counts := map[uint64]int{}
				draws := 0
				var dst []uint64
				for n := 1; draws < 30*len(members); n = n%97 + 1 {
					dst = draw(dst[:0], n)
					for _, id := range dst {
						counts[id]++
						draws++
					}
				}
				if len(members) > 1 {
					if x := chiSquare(t, counts, members, draws); x > 6 || x < -6 {
						t.Errorf("%s: chi-square is %.1f standard deviations off", way, x)
					}
				}
			}
		})
	}
}

func TestSampler_AppendDistinct(t *testing.T) {
	for name, members := range layouts() {
		b := New()
		for _, id := range members {
			b.Set(id)
		}
		var s Sampler
		for _, n := range []int{0, 1, len(members) / 4, len(members)/3 + 1, len(members), len(members) + 1} {
			got := s.AppendDistinct(nil, b, n)
			if len(got) != min(n, len(members)) {
				t.Errorf("%s: %d IDs for %d", name, len(got), n)
			}
			slices.Sort(got)
			if len(slices.Compact(slices.Clone(got))) != len(got) {
				t.Errorf("%s: an ID comes twice among %d", name, n)
			}
			for _, id := range got {
				if !b.Test(id) {
					t.Errorf("%s: %d is not in the set", name, id)
				}
			}
		}
	}
}

// The order of a draw says nothing, also if all there are were asked for.
func TestSampler_AppendDistinctIsInRandomOrder(t *testing.T) {
	var b Bitmap
	b.SetRange(5, 8)
	var s Sampler
	orders := make(map[string]int)
	for range 6000 {
		orders[fmt.Sprint(s.AppendDistinct(nil, &b, 3))]++
	}
	for order, n := range orders {
		if len(orders) != 6 || n < 800 || n > 1200 { // 1000, and 29 as standard deviation
			t.Errorf("%s came %d times of 6000, there were %d orders", order, n, len(orders))
		}
	}
}

// A draw keeps as many IDs as it was asked for, however many there are: others may add a billion meanwhile.
func TestSampler_KeepsNoMoreThanItDraws(t *testing.T) {
	var b Bitmap
	const n = 1000
	b.SetRange(0, 3*n-1) // so many that all are looked at
	var s Sampler
	if drawn := s.AppendDistinct(nil, &b, n); len(drawn) != n || cap(drawn) > 2*n {
		t.Errorf("%d drawn into %d places", len(drawn), cap(drawn))
	}
}

func TestSampler_EmptySet(t *testing.T) {
	b := New()
	var s Sampler
	if got := s.Append(nil, b, 3); got != nil {
		t.Errorf("a new bitmap gives %v", got)
	}
	b.Set(7)
	b.Set(1 << 30)
	b.TestAndClear(7)
	b.TestAndClear(1 << 30)
	if got := s.AppendDistinct(s.Append(nil, b, 3), b, 3); len(got) != 0 {
		t.Errorf("an empty bitmap gives %v", got)
	}
}

// An ID that is in the set all through a draw is never hidden from it: not by
// its neighbours' coming and going, whose summaries may still be behind when
// it is put in, nor by memory that is added.
func TestSampler_ConcurrentChangesHideNothing(t *testing.T) {
	b := New()
	stay := []uint64{64*7 + 3, 1 << 13, 1<<18 + 4096 + 1, 1<<24 + 70}
	var stop atomic.Bool
	var wg sync.WaitGroup
	for w := range uint64(3) {
		wg.Go(func() {
			for i := uint64(0); !stop.Load(); i++ {
				for _, id := range stay {
					b.TestAndSet(id ^ (1 + w))
					b.TestAndClear(id ^ (1 + w))
				}
				b.TestAndSet(1<<19 + i%200<<18)
				b.TestAndClear(1<<19 + i%200<<18)
			}
		})
	}
	var s Sampler
	var dst []uint64
	for range 2000 {
		for _, id := range stay {
			b.TestAndSet(id)
		}
		if dst = s.Append(dst[:0], b, 3); len(dst) != 3 {
			t.Errorf("%d draws of 3", len(dst))
			break
		}
		dst = s.AppendDistinct(dst[:0], b, 1000)
		slices.Sort(dst)
		for _, id := range stay {
			if _, ok := slices.BinarySearch(dst, id); !ok {
				t.Errorf("%d is not drawn among all", id)
				stop.Store(true)
			}
		}
		// The walk alone: it must find each of those that stay.
		r := b.root.Load()
		land := r.surveyed()
		var hidden suspects
		hidden.collectCalm(r)
		found := 0
		land.walk(&hidden, func(wi, ids uint64) bool {
			for _, id := range stay {
				if id>>6 == wi && ids>>(id&63)&1 != 0 {
					found++
				}
			}
			return true
		})
		if found != len(stay) || stop.Load() {
			t.Errorf("the walk finds %d of %d", found, len(stay))
			break
		}
		for _, id := range stay {
			b.TestAndClear(id)
		}
	}
	stop.Store(true)
	wg.Wait()
}

func BenchmarkSampler(b *testing.B) {
	const space = 100_000_000
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1000, 20_000, 1_000_000, space / 2} {
		set := New()
		// Every chunk has memory, as in a space that was full once.
		set.SetRange(0, space)
		set.ClearRange(0, space)
		for set.Count() < uint64(n) {
			set.Set(r.Uint64N(space))
		}
		b.Run(fmt.Sprintf("%d of %d", n, space), func(b *testing.B) {
			var s Sampler
			var dst []uint64
			b.ReportAllocs()
			for b.Loop() {
				dst = s.Append(dst[:0], set, 1)
			}
		})
	}
}

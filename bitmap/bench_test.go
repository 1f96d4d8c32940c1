package bitmap_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

var sizes = []struct {
	name string
	ids  uint64
}{{"4K", 1 << 12}, {"1M", 1 << 20}, {"16M", 1 << 24}, {"1G", 1 << 30}}

// xorshift is a random generator cheap enough not to be what is measured.
type xorshift uint64

func (x *xorshift) next() uint64 {
	v := *x
	v ^= v << 13
	v ^= v >> 7
	v ^= v << 17
	*x = v
	return uint64(v)
}

// half fills every other ID of [0, ids).
func half(ids uint64) *bitmap.Bitmap {
	b := bitmap.New()
	b.SetRange(0, ids)
	for id := uint64(0); id < ids; id += 64 {
		b.ClearRange(id, id+32)
	}
	return b
}

func BenchmarkTest(b *testing.B) {
	for _, s := range sizes {
		b.Run("ids="+s.name, func(b *testing.B) {
			set, x := half(s.ids), xorshift(1)
			n := 0
			for b.Loop() {
				if set.Test(x.next() & (s.ids - 1)) {
					n++
				}
			}
		})
	}
}

func BenchmarkSetNew(b *testing.B) {
	const ids = 1 << 24
	set := bitmap.WithCapacity(ids)
	var id uint64
	for b.Loop() {
		set.Set(id)
		if id++; id == ids {
			b.StopTimer()
			set.Reset()
			id = 0
			b.StartTimer()
		}
	}
}

func BenchmarkSetPresent(b *testing.B) {
	const ids = 1 << 24
	set, x := bitmap.New(), xorshift(1)
	set.SetRange(0, ids)
	for b.Loop() {
		set.Set(x.next() & (ids - 1))
	}
}

func BenchmarkTestAndSetThenClear(b *testing.B) {
	for _, s := range sizes {
		b.Run("ids="+s.name, func(b *testing.B) {
			set, x := half(s.ids), xorshift(1)
			for b.Loop() {
				id := x.next() & (s.ids - 1)
				if !set.TestAndSet(id) {
					set.TestAndClear(id)
				}
			}
		})
	}
}

func BenchmarkCount(b *testing.B) {
	set := half(1 << 20)
	for b.Loop() {
		set.Count()
	}
}

func BenchmarkClaimNext(b *testing.B) {
	const ids = 1 << 24
	set := bitmap.WithCapacity(ids)
	for b.Loop() {
		if _, ok := set.ClaimNext(0, ids); !ok {
			b.StopTimer()
			set.Reset()
			b.StartTimer()
		}
	}
}

func BenchmarkClaimNextParallel(b *testing.B) {
	set := bitmap.New()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			set.ClaimNext(0, bitmap.Limit)
		}
	})
}

func BenchmarkAppendClaim(b *testing.B) {
	for _, n := range []int{16, 256, 4096} {
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) {
			set := bitmap.New()
			var runs []bitmap.Run
			for b.Loop() {
				runs, _ = set.AppendClaim(runs[:0], 0, bitmap.Limit, n)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/ID")
		})
	}
}

// BenchmarkNextClear_LastFree: all IDs are taken but the last.
func BenchmarkNextClear_LastFree(b *testing.B) {
	for _, s := range sizes {
		b.Run("ids="+s.name, func(b *testing.B) {
			set := bitmap.New()
			set.SetRange(0, s.ids)
			set.Clear(s.ids - 1)
			for b.Loop() {
				if id, ok := set.NextClear(0, s.ids); !ok || id != s.ids-1 {
					b.Fatal(id, ok)
				}
			}
		})
	}
}

// BenchmarkNextSet_OnePerMillion: one ID in a million is set.
func BenchmarkNextSet_OnePerMillion(b *testing.B) {
	for _, s := range sizes[1:] {
		b.Run("ids="+s.name, func(b *testing.B) {
			set := bitmap.New()
			for id := uint64(999_999); id < s.ids; id += 1_000_000 {
				set.Set(id)
			}
			var from uint64
			for b.Loop() {
				id, ok := set.NextSet(from, s.ids)
				if from = id + 1; !ok {
					from = 0
				}
			}
		})
	}
}

// BenchmarkClaimRemoveEnds: claims and removes alternate at the two ends of a
// full range.
func BenchmarkClaimRemoveEnds(b *testing.B) {
	for _, s := range sizes {
		b.Run("ids="+s.name, func(b *testing.B) {
			set := bitmap.New()
			set.SetRange(0, s.ids)
			ends := [2]uint64{0, s.ids - 1}
			i := 0
			for b.Loop() {
				set.Clear(ends[i&1])
				if id, ok := set.ClaimNext(0, s.ids); !ok || id != ends[i&1] {
					b.Fatal(id, ok)
				}
				i++
			}
		})
	}
}

func BenchmarkSetRange(b *testing.B) {
	const ids = 1 << 24
	set := bitmap.WithCapacity(ids)
	for b.Loop() {
		set.SetRange(0, ids)
		b.StopTimer()
		set.Reset()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/ids, "ns/ID")
}

func BenchmarkSetParallelRandom(b *testing.B) {
	const ids = 1 << 24
	set := half(ids)
	var seed atomic.Uint64
	b.RunParallel(func(pb *testing.PB) {
		x := xorshift(seed.Add(1) * 0x9E3779B97F4A7C15)
		for pb.Next() {
			id := x.next() & (ids - 1)
			if !set.TestAndSet(id) {
				set.TestAndClear(id)
			}
		}
	})
}

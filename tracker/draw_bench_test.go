package tracker

import (
	"fmt"
	"testing"
	"time"
)

// sparse makes a tracker of 2^30 IDs of which so many in 100,000 exist, at random.
func sparse(b *testing.B, of100000 int) *Registry {
	b.Helper()
	const ids = 1 << 30
	reg, err := NewRegistry(Config{MaxID: ids}, nil)
	if err != nil {
		b.Fatal(err)
	}
	h := reg.Caller(nil).At("p:")
	if of100000 == 100000 {
		if _, err := h.AddRange(Everything); err != nil {
			b.Fatal(err)
		}
		return reg
	}
	src := generatorOf(1)
	if of100000 < 10000 {
		for range uint64(ids) * uint64(of100000) / 100000 {
			if _, err := h.Add([]uint64{src.below(ids)}); err != nil {
				b.Fatal(err)
			}
		}
		return reg
	}
	if err := h.Reserve(ids); err != nil {
		b.Fatal(err)
	}
	t := reg.Get("p:")
	for wi := range uint64(ids / 64) {
		var w uint64
		for i := range 64 {
			if src.next()%100000 < uint64(of100000) {
				w |= 1 << i
			}
		}
		if _, err := t.bits.ClaimWord(wi, w); err != nil {
			b.Fatal(err)
		}
	}
	return reg
}

// BenchmarkDraw is the cost of an ID in batches of 256, of 2^30 IDs.
func BenchmarkDraw(b *testing.B) {
	for _, of100000 := range []int{100000, 50000, 10000, 1000, 100, 10, 1} {
		var reg *Registry
		for _, l := range []struct {
			name     string
			law      Law
			hit      float64
			scramble bool
		}{{"uniform", Uniform(), 1, false}, {"zipf", Zipf(.99), 1, false}, {"latest", Latest(.99), 1, false}, {"scrambled", Zipf(.99), 1, true}, {"free", Uniform(), 0, false}} {
			b.Run(fmt.Sprintf("density=%g%%/law=%s", float64(of100000)/1000, l.name), func(b *testing.B) {
				if reg == nil {
					reg = sparse(b, of100000)
				}
				h := reg.Caller(nil).At("p:")
				var by Drawer
				var dst []Drawn
				var err error
				least := time.Hour
				for b.Loop() {
					began := time.Now()
					if dst, err = h.Draw(dst[:0], &Draws{N: 256, Hit: l.hit, Law: l.law, Scramble: l.scramble}, &by); err != nil || (len(dst) != 256 && of100000 < 100000) {
						b.Fatal(err, len(dst))
					}
					least = min(least, time.Since(began))
				}
				b.ReportMetric(float64(least.Nanoseconds())/256, "least-ns/ID")
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/256, "ns/ID")
			})
		}
	}
}

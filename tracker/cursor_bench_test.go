package tracker

import (
	"fmt"
	"testing"
	"time"
)

// What an ID costs that a shared cursor hands out, and what a page does with a lease.
func BenchmarkCursorNext(b *testing.B) {
	const n = 1 << 30
	for _, random := range []bool{false, true} {
		for _, size := range []int{1, 256} {
			for _, leased := range []bool{false, true} {
				b.Run(fmt.Sprintf("random=%v/page=%d/lease=%v", random, size, leased), func(b *testing.B) {
					r, _ := NewRegistry(Config{MaxID: n}, nil)
					c := r.Caller(nil)
					h := c.At("p")
					h.Reserve(1)
					if err := c.At("p").OpenCursor("c", Pass{Filter: Unset, Range: Range{0, n}, Random: random, Loop: true}); err != nil {
						b.Fatal(err)
					}
					var o *LeaseTerms
					if leased {
						o = &LeaseTerms{TTL: time.Hour}
					}
					var runs []Run
					b.ReportAllocs()
					b.ResetTimer()
					for range b.N / size {
						page, err := c.NextCursor(runs[:0], "c", size, o, nil)
						if err != nil || page.Turn != Handed {
							b.Fatal(page.Turn, err)
						}
						if runs = page.Runs; leased {
							if _, err := c.Confirm(page.Token, nil); err != nil {
								b.Fatal(err)
							}
						}
					}
				})
			}
		}
	}
}

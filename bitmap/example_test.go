package bitmap_test

import (
	"fmt"
	"sync"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

func Example() {
	b := bitmap.New()
	b.Set(7)
	fmt.Println(b.Test(7), b.Test(8), b.Count())
	fmt.Println(b.TestAndSet(7), b.TestAndSet(8)) // did this call do it?
	// Output:
	// true false 1
	// false true
}

func ExampleBitmap() {
	b := bitmap.WithCapacity(10_000)
	b.SetRange(1000, 2000)
	b.ClearRange(1500, 1600)
	next, _ := b.NextClear(1000, bitmap.Limit)
	last, _ := b.PrevSet(0, bitmap.MaxID)
	fmt.Println(b.Count(), b.CountRange(1490, 1510), next, last)
	// Output: 900 10 1500 1999
}

func ExampleBitmap_ClaimNext() {
	b := bitmap.New()
	b.Set(1)
	for {
		id, ok := b.ClaimNext(0, 4)
		if !ok {
			break // no ID of the range is free
		}
		fmt.Println(id)
	}
	// Output:
	// 0
	// 2
	// 3
}

// A batch comes as runs of consecutive IDs, appended to a slice that can be
// used again.
func ExampleBitmap_AppendClaim() {
	b := bitmap.New()
	b.SetRange(100, 500)
	runs, err := b.AppendClaim(nil, 90, 1000, 256)
	fmt.Println(runs, bitmap.Total(runs), err)
	// Output: [{90 10} {500 246}] 256 <nil>
}

func ExampleBitmap_AppendTake() {
	b := bitmap.New()
	b.SetRange(0, 10)
	fmt.Println(b.AppendTake(nil, 5, 100, 3), b.Count())
	// Output: [{5 3}] 7
}

// Pages need no state between them but the position.
func ExampleBitmap_AppendSet() {
	b := bitmap.New()
	b.SetRange(10, 13)
	b.Set(1 << 40)
	var page []bitmap.Run
	for from := uint64(0); from < bitmap.Limit; {
		page, from = b.AppendSet(page[:0], from, bitmap.Limit, 2)
		fmt.Println(page)
	}
	// Output:
	// [{10 2}]
	// [{12 1} {1099511627776 1}]
	// []
}

func ExampleIter() {
	b := bitmap.New()
	for _, id := range []uint64{3, 64, 1 << 40} {
		b.Set(id)
	}
	it := b.IterSet(0, bitmap.Limit)
	for id := range it.All() {
		fmt.Println(id)
	}
	// Output:
	// 3
	// 64
	// 1099511627776
}

// Each goroutine has a Claimer of its own; no ID goes to two of them.
func ExampleClaimer() {
	const ids = 1_000_000
	b := bitmap.New()
	claimed := make([]int, 4)
	var wg sync.WaitGroup
	for i := range claimed {
		wg.Go(func() {
			c := b.Claimer(0, ids)
			for _, ok := c.Next(); ok; _, ok = c.Next() {
				claimed[i]++
			}
		})
	}
	wg.Wait()
	fmt.Println(claimed[0]+claimed[1]+claimed[2]+claimed[3], b.Count())
	// Output: 1000000 1000000
}

func ExampleBitmap_ClearAll() {
	b := bitmap.New()
	b.SetRange(0, 1_000_000)
	fmt.Println(b.ClearAll(), b.Count(), b.Memory()) // its memory is given back
	b.SetRange(0, 4096)
	fmt.Println(b.Reset(), b.Count(), b.Capacity()) // its memory is kept
	// Output:
	// 1000000 0 0
	// 4096 0 4096
}

package tracker

import (
	"sync"
	"testing"
)

// Whatever many poppers draw, each ID goes to one of them, and all go.
func TestPop_EachIDOnce(t *testing.T) {
	tr, err := New("p:", Config{})
	if err != nil {
		t.Fatal(err)
	}
	const ids = 200_000
	if _, err := tr.AddRange(Range{Min: 100, Max: 100 + ids}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	got := make([][]uint64, 4)
	for w := range got {
		wg.Go(func() {
			var s Sampler
			for n := 1; ; n = n%300 + 1 {
				before := len(got[w])
				got[w] = tr.Pop(got[w], n, &s)
				if len(got[w]) == before {
					return
				}
			}
		})
	}
	wg.Wait()
	seen := make([]bool, ids)
	total := 0
	for _, popped := range got {
		for _, id := range popped {
			if id < 100 || seen[id-100] {
				t.Fatalf("%d twice, or never added", id)
			}
			seen[id-100] = true
			total++
		}
	}
	if total != ids || tr.Count() != 0 {
		t.Errorf("%d of %d popped, %d left", total, ids, tr.Count())
	}
}

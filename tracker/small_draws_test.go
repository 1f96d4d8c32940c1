package tracker_test

import (
	"fmt"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// Draws from sets of few IDs: with repetition, without, and what is taken away. Each ID is drawn as often, and of
// two different ones each pair.
func TestSample_OfFewIsUniform(t *testing.T) {
	t.Parallel()
	layouts := map[string]func(i uint64) uint64{
		"side by side": func(i uint64) uint64 { return i },
		"in words":     func(i uint64) uint64 { return i * 61 },
		"far apart":    func(i uint64) uint64 { return i * i * 300_001 },
	}
	for name, at := range layouts {
		for _, n := range []int{2, 5, 9, 15} {
			tr := must[*tracker.Tracker](t)(tracker.New("v:", tracker.Config{}))
			fill := func() {
				for i := range n {
					tr.Add(at(uint64(i)))
				}
			}
			fill()
			var s tracker.Sampler
			ones, pairs, popped := make(map[string]int), make(map[string]int), make(map[string]int)
			draws := 100 * n * n
			var ids []uint64
			for range draws {
				ids = tr.Sample(ids[:0], 1, &s)
				ones[fmt.Sprint(ids)]++
				ids = tr.SampleDistinct(ids[:0], 2, &s)
				pairs[fmt.Sprint(min(ids[0], ids[1]), max(ids[0], ids[1]))]++
				ids = tr.Pop(ids[:0], 1, &s)
				popped[fmt.Sprint(ids)]++
				fill()
			}
			what := fmt.Sprintf("%d IDs %s: ", n, name)
			evenly(t, what+"drawn", ones, n, draws)
			evenly(t, what+"taken", popped, n, draws)
			if n > 2 {
				evenly(t, what+"drawn by twos", pairs, n*(n-1)/2, draws)
			}
		}
	}
}

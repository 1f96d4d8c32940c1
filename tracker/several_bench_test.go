package tracker_test

import (
	"fmt"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// BenchmarkCombination is about sets of a billion IDs: all of them, every second one, and one
// of a thousand words.
func BenchmarkCombination(b *testing.B) {
	const all = 1 << 30
	r, err := tracker.NewRegistry(tracker.Config{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	c := r.Caller(nil)
	c.At("full").AddRange(tracker.Range{Max: all})
	c.At("full2").AddRange(tracker.Range{Max: all})
	half, sparse := r.Get("full"), []uint64{}
	_ = half
	for id := uint64(0); id < all; id += 64 * 1000 {
		sparse = append(sparse, id)
	}
	c.At("sparse").Add(sparse)
	odd, _ := r.GetOrCreate("odd")
	for id := uint64(0); id < all; id += 64 {
		odd.AddRange(tracker.Range{Min: id, Max: id + 32})
	}
	for _, try := range []struct {
		op tracker.Operation
		of []string
	}{
		{tracker.Intersection, []string{"full", "full2"}}, {tracker.Intersection, []string{"odd", "full"}}, {tracker.Intersection, []string{"full", "sparse"}},
		{tracker.Union, []string{"odd", "full"}}, {tracker.Union, []string{"sparse", "sparse"}},
		{tracker.Difference, []string{"full", "odd"}}, {tracker.Difference, []string{"full", "full2"}}, {tracker.Difference, []string{"sparse", "full"}},
		{tracker.Odd, []string{"odd", "full"}},
	} {
		b.Run(fmt.Sprint(try.op, try.of), func(b *testing.B) {
			var of [][]byte
			for _, p := range try.of {
				of = append(of, []byte(p))
			}
			for b.Loop() {
				k, _ := c.Combine(try.op, of, nil)
				k.Count(0)
			}
		})
	}
	b.Run("copy odd", func(b *testing.B) {
		for b.Loop() {
			c.Copy([]byte("odd"), []byte("copy"), true, nil)
		}
	})
}

package tracker_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// evenly wants counts of cases that are all as likely: chi-square, as standard deviations of a normal
// distribution (Wilson and Hilferty): beyond 5 is one test of three million.
func evenly(t *testing.T, what string, counts map[string]int, cases, draws int) {
	t.Helper()
	expected := float64(draws) / float64(cases)
	chi := float64(cases-len(counts)) * expected
	for _, n := range counts {
		chi += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	spread := 2 / (9 * float64(cases-1))
	if off := (math.Cbrt(chi/float64(cases-1)) - (1 - spread)) / math.Sqrt(spread); off > 5 {
		t.Errorf("%s: %.1f standard deviations off over %d draws", what, off, draws)
	}
}

// Over the seeds that people use each position of a small range has each ID as often, and each two positions
// have each pair.
func TestPermutation_SmallOnesAreUniform(t *testing.T) {
	t.Parallel()
	for _, first := range []uint64{0, 1 << 40} {
		for n := uint64(2); n <= 16; n++ {
			ids, pairs := make([]map[string]int, n), make(map[string]int)
			for i := range ids {
				ids[i] = make(map[string]int)
			}
			draws := int(n * n * 100)
			for seed := first; seed < first+uint64(draws); seed++ {
				p := tracker.NewPermutation(n, seed)
				for i := range ids {
					ids[i][string(rune(p.At(uint64(i))))]++
				}
				pairs[string([]rune{rune(p.At(0)), rune(p.At(1))})]++
			}
			for i := range ids {
				evenly(t, fmt.Sprintf("seeds from %d: %d IDs, position %d", first, n, i), ids[i], int(n), draws)
			}
			evenly(t, fmt.Sprintf("seeds from %d: %d IDs, the first two", first, n), pairs, int(n*(n-1)), draws)
		}
	}
}

// Of up to 6 IDs each order is as likely.
func TestPermutation_EveryOrderIsAsLikely(t *testing.T) {
	t.Parallel()
	orders := 1
	for n := uint64(2); n <= 6; n++ {
		orders *= int(n)
		counts := make(map[string]int)
		draws := orders * 300
		for seed := range uint64(draws) {
			p := tracker.NewPermutation(n, seed)
			var order [6]byte
			for i := range n {
				order[i] = byte(p.At(i))
			}
			counts[string(order[:n])]++
		}
		evenly(t, fmt.Sprintf("%d IDs", n), counts, orders, draws)
	}
}

// The first positions of ranges on both sides of where the method changes.
func TestPermutation_LargerOnesAreUniform(t *testing.T) {
	t.Parallel()
	for _, n := range []uint64{63, 127, 128, 255, 256, 257, 300, 511, 512, 513, 1000} {
		counts := make(map[string]int)
		draws := int(n * 300)
		for seed := range uint64(draws) {
			p := tracker.NewPermutation(n, seed)
			counts[string(rune(p.At(0)))]++
		}
		evenly(t, fmt.Sprintf("the first of %d IDs", n), counts, int(n), draws)
	}
}

// Of undoes At, on both sides of where the method changes and of powers of two.
func TestPermutation_OfUndoesAt(t *testing.T) {
	t.Parallel()
	for _, n := range []uint64{1, 2, 255, 256, 257, 1000, 4095, 4096, 4097, 99991, 1 << 16, 1<<48 - 1, 1 << 48} {
		for seed := range uint64(3) {
			p := tracker.NewPermutation(n, seed)
			for i, step := uint64(0), max(n/5000, 1); i < n; i += step {
				if e := p.At(i); e >= n || p.Of(e) != i {
					t.Fatalf("%d elements, seed %d: At(%d) = %d, Of(%d) = %d", n, seed, i, e, e, p.Of(e))
				}
			}
		}
	}
}

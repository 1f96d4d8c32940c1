package workload

import (
	"math"
	"testing"
)

func opsOf(shares []uint64, ratios ...float64) []Op {
	var ops []Op
	for i, n := range shares {
		op := Op{Share: n, Choose: Choice{Hit: 1}}
		if i < len(ratios) {
			op.Choose.Hit = ratios[i]
		}
		ops = append(ops, op)
	}
	return ops
}

var mixes = [][]uint64{{1}, {80, 20}, {4, 1}, {1, 1, 1}, {999, 1}, {335, 665}, {50, 30, 15, 5}, {7, 11, 13, 17}, {9973, 1}, {1, 99999}}

// In every whole block each operation comes exactly as often as its share says.
func TestSequence_SharesAreExact(t *testing.T) {
	for _, shares := range mixes {
		for seed := range uint64(3) {
			s := NewSequence(opsOf(shares), seed)
			reducedShares, block := reduced(opsOf(shares))
			place := uint64(0)
			for range max(3, 20_000/block) {
				seen := make([]uint64, len(shares))
				for range block {
					op, _ := s.At(place)
					seen[op]++
					place++
				}
				for op := range seen {
					if seen[op] != reducedShares[op] {
						t.Fatalf("shares %v: operation %d came %d times in the block of %d before %d", shares, op, seen[op], block, place)
					}
				}
			}
		}
	}
}

var ratios = []float64{0, 0.000001, 0.001, 0.1, 1.0 / 3, 0.5, 0.500001, 0.9, 0.95, 0.999, 0.123457, 0.999999, 1}

// Of the first n samples of an operation as many hit as the ratio says, for every n, to less than one.
func TestSequence_HitsAreExactInEveryBeginning(t *testing.T) {
	for _, ratio := range ratios {
		for _, shares := range [][]uint64{{1}, {80, 20}, {7, 11, 13}} {
			s := NewSequence(opsOf(shares, ratio, 0.9, 0.25), 5)
			var samples, hits [3]uint64
			exact := [3]uint64{uint64(math.Round(ratio * 1e6)), 900_000, 250_000} // of a million
			for i := range uint64(100_000) {
				op, hit := s.At(i)
				samples[op]++
				if hit {
					hits[op]++
				}
				want, got := samples[op]*exact[op], hits[op]*1_000_000
				if max(want, got)-min(want, got) >= 1_000_000 {
					t.Fatalf("ratio %g, shares %v, operation %d: %d hits of %d", ratio, shares, op, hits[op], samples[op])
				}
				if want%1_000_000 == 0 && want != got {
					t.Fatalf("ratio %g, shares %v, operation %d: %d hits of %d, which can be exact", ratio, shares, op, hits[op], samples[op])
				}
			}
		}
	}
}

// The places far behind go on in the same way, and any place can be asked for at any time.
func TestSequence_PlacesAreTheirOwn(t *testing.T) {
	s := NewSequence(opsOf([]uint64{80, 20}, 0.9, 0.123457), 9)
	period := uint64(len(s.places))
	for _, base := range []uint64{0, 1 << 20 * period, (1<<42 - 5_000) / period * period, 1 << 44 / period * period} {
		var n, hits uint64
		for i := range period {
			op, hit := s.At(base + i)
			if want, _ := s.At(i); op != want {
				t.Fatalf("place %d", base+i)
			}
			if op == 0 {
				n++
				if hit {
					hits++
				}
			}
		}
		if d := float64(hits) - 0.9*float64(n); math.Abs(d) >= 1 {
			t.Errorf("from %d: %d hits of %d", base, hits, n)
		}
	}
}

// An order in which every tenth misses would go along with pipelines and threads.
func TestSequence_LooksRandom(t *testing.T) {
	s := NewSequence(opsOf([]uint64{1}, 0.9), 1)
	gaps := make(map[uint64]int)
	last := uint64(0)
	for i := range uint64(4000) {
		if _, hit := s.At(i); !hit {
			gaps[i-last]++
			last = i
		}
	}
	if len(gaps) < 15 {
		t.Errorf("%d different gaps between misses", len(gaps))
	}
	for gap, n := range gaps {
		if n > 80 {
			t.Errorf("of 400 gaps %d are of %d", n, gap)
		}
	}
	same := 0
	other := NewSequence(opsOf([]uint64{1, 1}), 1)
	for i := range uint64(1000) {
		a, _ := other.At(2 * i)
		if a == 0 {
			same++
		}
	}
	if same < 400 || same > 600 {
		t.Errorf("the same is first in %d of 1000 blocks", same)
	}
}

func TestDivisor_Divides(t *testing.T) {
	random := stream(1)
	for _, by := range []uint64{2, 3, 5, 10, 4096, 4097, 4100, 999_983, 1_000_000, 1<<21 - 1, 1 << 22} {
		d := newDivisor(by)
		check := func(n uint64) {
			if times, rest := d.divide(n); times != n/by || rest != n%by {
				t.Fatalf("%d / %d = %d, rest %d", n, by, times, rest)
			}
		}
		for range 10_000 {
			n := random.next() >> (random.next() % 64)
			check(n)
			check(n / by * by)
			check(n/by*by - 1)
		}
		for _, n := range []uint64{0, 1<<42 - 1, 1 << 42, (1<<42 - 1) / by * by, (1<<42-1)/by*by - 1} {
			check(n)
		}
	}
}

func BenchmarkSequence(b *testing.B) {
	s := NewSequence(opsOf([]uint64{80, 20}, 0.9, 1), 1)
	i, n := uint64(0), 0
	for b.Loop() {
		_, hit := s.At(i)
		if hit {
			n++
		}
		i++
	}
}

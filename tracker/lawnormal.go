package tracker

import "math"

// normalShape is the density of a normal law at the middle of each rank.
type normalShape struct {
	mean, deviation float64 // in ranks
	last            uint64
}

func newNormalShape(mean, deviation float64, n uint64) normalShape {
	return normalShape{mean*float64(n) - 0.5, deviation * float64(n), n - 1}
}

func (n normalShape) weight(rank uint64) float64 {
	z := (float64(rank) - n.mean) / n.deviation
	return -z * z / 2
}

func (n normalShape) peak() uint64 {
	return min(uint64(max(math.Round(n.mean), 0)), n.last)
}

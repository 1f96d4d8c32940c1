package tracker

import "math"

// exponentialShape falls by rate from each rank to the next; it rises where rate is
// below 0.
type exponentialShape struct {
	rate float64
	last uint64
}

func newExponentialShape(percentile, fraction float64, n uint64) exponentialShape {
	return exponentialShape{exponentialRate(percentile, fraction) / float64(n), n - 1}
}

// exponentialRate returns the rate, over the whole range, with which so many draws
// fall within the first fraction: of those within the range, so the law that has no
// end would have another one.
func exponentialRate(percentile, fraction float64) float64 {
	within := func(rate float64) float64 {
		if rate == 0 {
			return fraction
		}
		return math.Expm1(-rate*fraction) / math.Expm1(-rate)
	}
	if percentile < fraction { // the other end is the likely one
		return -exponentialRate(1-percentile, 1-fraction)
	}
	low, high := 0.0, 1.0
	for within(high) < percentile {
		low, high = high, 2*high
	}
	for range 100 {
		if mid := (low + high) / 2; within(mid) < percentile {
			low = mid
		} else {
			high = mid
		}
	}
	return min(high, math.MaxFloat64)
}

func (e exponentialShape) weight(rank uint64) float64 { return -e.rate * float64(rank) }

func (e exponentialShape) peak() uint64 {
	if e.rate < 0 {
		return e.last
	}
	return 0
}

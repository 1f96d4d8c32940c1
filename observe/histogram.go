package observe

import (
	"math/bits"
	"sync/atomic"
)

// Histogram counts durations, in buckets that are exact below 32 ns and then
// 1/32 of their value wide: the log-linear layout of HdrHistogram
// (hdrhistogram.org). It is safe for concurrent use.
type Histogram [(64 - subBits) << subBits]atomic.Uint64

const subBits = 5

func bucketOf(nanos uint64) int {
	if nanos < 1<<subBits {
		return int(nanos)
	}
	shift := bits.Len64(nanos) - 1 - subBits
	return shift<<subBits + int(nanos>>shift)
}

// bucketEnd is the largest value that lies in a bucket.
func bucketEnd(i int) uint64 {
	if i < 2<<subBits {
		return uint64(i)
	}
	shift := i>>subBits - 1
	return (uint64(i&(1<<subBits-1)|1<<subBits)+1)<<shift - 1
}

// Add counts n durations of nanos each.
func (h *Histogram) Add(nanos, n uint64) { h[bucketOf(nanos)].Add(n) }

// Distribution is a copy of a Histogram.
type Distribution struct {
	counts []uint64
	Total  uint64 // durations counted
}

// Read returns a copy of what is counted so far.
func (h *Histogram) Read() Distribution {
	d := Distribution{counts: make([]uint64, len(h))}
	for i := range h {
		d.counts[i] = h[i].Load()
		d.Total += d.counts[i]
	}
	return d
}

// Percentile returns the nanoseconds that a share of the durations, 0 to 1, did
// not exceed, as the end of their bucket; 0 if there are none.
func (d Distribution) Percentile(share float64) uint64 {
	wanted := max(uint64(share*float64(d.Total)+0.5), 1)
	var sum uint64
	for i, n := range d.counts {
		if sum += n; sum >= wanted {
			return bucketEnd(i)
		}
	}
	return 0
}

// Below returns how many durations did not exceed each of the bounds, which are
// nanoseconds and go up. A bound within a bucket has the count of those before it.
func (d Distribution) Below(bounds []uint64) []uint64 {
	below := make([]uint64, len(bounds))
	var sum uint64
	next := 0
	for i, n := range d.counts {
		for next < len(bounds) && bucketEnd(i) > bounds[next] {
			below[next] = sum
			next++
		}
		sum += n
	}
	for ; next < len(bounds); next++ {
		below[next] = sum
	}
	return below
}

// UpTo is how many durations were Micros microseconds at most.
type UpTo struct{ Micros, Count uint64 }

// Cumulative returns the counts at powers of two of a microsecond, from the first
// that has durations to the one that has them all.
func (d Distribution) Cumulative() []UpTo {
	var upTo [64]uint64 // that took 2^i microseconds at most
	for i, n := range d.counts {
		micros := (bucketEnd(i) + 999) / 1000
		upTo[bits.Len64(max(micros, 1)-1)] += n
	}
	var points []UpTo
	var sum uint64
	for i, n := range upTo {
		if n > 0 {
			sum += n
			points = append(points, UpTo{1 << i, sum})
		}
	}
	return points
}

package bitmap

import "sync/atomic"

// cacheLine is the unit of sharing between cores on every machine this runs on
// in numbers; 128 (adjacent-line prefetch) was no faster and twice the size.
const cacheLine = 64

// stripeCount is also the number of announcement slots. Eight stripes are
// summed in a few nanoseconds.
const stripeCount = 8

// stripe is a part of the population count and a place to announce work on
// summaries (see summary.go). They share a line because the same writer
// touches both.
type stripe struct {
	count atomic.Int64
	slot  atomic.Uint64
	_     [cacheLine - 16]byte
}

// wide is what a bitmap needs beyond its first 4,096 IDs.
type wide struct {
	stripes  [stripeCount]stripe
	overflow atomic.Int64
	survey   atomic.Pointer[survey]
}

// stripeOf spreads neighbouring groups over the stripes, so that writers at
// work in different groups seldom share a line.
func stripeOf(wi uint64) uint64 {
	return (wi / groupWords * 0x9E3779B97F4A7C15) >> 61
}

// add puts delta into the population count on behalf of the word wi. It comes
// after the change of the word, so at quiescence the count is exact (B5).
func (r *root) add(wi uint64, delta int) { r.counter(wi).Add(int64(delta)) }

// counter is the part of the population count that the word wi belongs to.
func (r *root) counter(wi uint64) *atomic.Int64 {
	if wi < groupWords {
		return &r.headCount
	}
	return &r.wide.Load().stripes[stripeOf(wi)].count
}

// count sums the stripes. A change whose add is still to come is not in it.
func (r *root) count() uint64 {
	n := r.headCount.Load()
	if x := r.wide.Load(); x != nil {
		s := &x.stripes // one expression: the loads go out together
		n += s[0].count.Load() + s[1].count.Load() + s[2].count.Load() + s[3].count.Load() +
			s[4].count.Load() + s[5].count.Load() + s[6].count.Load() + s[7].count.Load()
	}
	return uint64(max(n, 0))
}

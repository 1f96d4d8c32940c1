package workload

import (
	"math"
	"math/bits"
)

// HitDigits is how many digits behind the point a hit ratio has.
const HitDigits = 6

// Sequence says which operation comes when, and of samples which hit. It is not changed by its use: place i of a phase
// always has the same.
//
// Operations come in blocks, whose length is the sum of the shares without what they have in common. In each block every
// operation comes as often as its share says, in a random order. The samples of one operation are counted over
// the blocks; of every so many in a row, as the ratio says, exactly one misses (or hits, where these are less), a random
// one. So of the first n of them never one more or less hits than the ratio says, for every n.
//
// Some thousand places are drawn once, and come again.
type Sequence struct {
	places []place
	length divisor // of places
	each   []opSequence
}

// place is an operation, and how many of the same come before it in places.
type place struct{ op, before uint32 }

type opSequence struct {
	in     uint64   // places
	hits   []uint64 // a bit for each sample in a row
	length divisor  // of hits, in bits
}

const (
	drawn    = 4096 // places, and samples, or one block if that is more
	maxBlock = 1 << 20
)

// NewSequence is that of a phase. Shares whose sum without what they have in common is over 2^20 are made coarser.
func NewSequence(ops []Op, seed uint64) *Sequence {
	shares, block := reduced(ops)
	random := stream(mix(seed))
	s := &Sequence{each: make([]opSequence, len(ops))}
	for len(s.places) < drawn {
		first := len(s.places)
		for op, n := range shares {
			for range n {
				s.places = append(s.places, place{op: uint32(op)})
			}
		}
		shuffle(s.places[first:], &random)
		if block == 0 {
			return s
		}
	}
	for i := range s.places {
		p := &s.places[i]
		p.before = uint32(s.each[p.op].in)
		s.each[p.op].in++
	}
	s.length = newDivisor(uint64(len(s.places)))
	for i := range ops {
		s.each[i].drawHits(ops[i].Choose.Hit, &random)
	}
	return s
}

// At is the operation at place i, and whether its sample is to hit.
func (s *Sequence) At(i uint64) (op int, hit bool) {
	times, rest := s.length.divide(i)
	p := s.places[rest]
	o := &s.each[p.op]
	_, sample := o.length.divide(times*o.in + uint64(p.before))
	return int(p.op), o.hits[sample/64]>>(sample%64)&1 == 1
}

// reduced is the shares without what they have in common, and their sum.
func reduced(ops []Op) (shares []uint64, sum uint64) {
	var common uint64
	for i := range ops {
		common = gcd(common, ops[i].Share)
	}
	for i := range ops {
		shares = append(shares, ops[i].Share/max(common, 1))
		sum += shares[i]
	}
	if sum <= maxBlock {
		return shares, sum
	}
	coarse := uint64(0)
	for i, n := range shares {
		shares[i] = max(1, uint64(math.Round(float64(n)/float64(sum)*(maxBlock/2))))
		coarse += shares[i]
	}
	return shares, coarse
}

func gcd(a, b uint64) uint64 {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

func shuffle(places []place, random *stream) {
	for i := len(places) - 1; i > 0; i-- {
		j := random.below(uint64(i + 1))
		places[i], places[j] = places[j], places[i]
	}
}

// drawHits draws which samples hit, for so many in a row that the ratio is exact.
func (o *opSequence) drawHits(ratio float64, random *stream) {
	hits := uint64(math.Round(max(0, min(1, ratio)) * whole))
	period := whole / gcd(whole, hits) // of hits 0: 1
	n := period
	for n < drawn {
		n += period
	}
	o.length = newDivisor(n)
	o.hits = make([]uint64, (n+63)/64)
	// The fewer of both are drawn: rare of every whole.
	rare, rareHit := hits, true
	if hits > whole/2 {
		rare, rareHit = whole-hits, false
	}
	if !rareHit {
		for i := range n {
			o.hits[i/64] |= 1 << (i % 64)
		}
	}
	// Sample i is in the stratum of the whole part of i*rare/whole: of each stratum one is drawn.
	for first := uint64(0); rare > 0 && first < n; {
		next := (first*rare/whole+1)*whole + rare - 1
		next /= rare
		at := first + random.below(next-first)
		o.hits[at/64] ^= 1 << (at % 64)
		first = next
	}
}

// below is a random number below n.
func (s *stream) below(n uint64) uint64 {
	high, _ := bits.Mul64(s.next(), n)
	return high
}

// divisor divides numbers below 2^42 by one from 2 to 2^22 without a division: by a multiplication with 2^64 over
// it, rounded up, which for such numbers is not so much too large that it shows.
type divisor struct{ by, inverse uint64 }

func newDivisor(by uint64) divisor { return divisor{by, math.MaxUint64/by + 1} }

func (d divisor) divide(n uint64) (times, rest uint64) {
	if n >= 1<<42 {
		return n / d.by, n % d.by
	}
	times, _ = bits.Mul64(n, d.inverse)
	return times, n - times*d.by
}

package tracker

import "math/bits"

// generator is a random generator that a seed fixes (splitmix64, Steele, Lea and Flood,
// 2014).
type generator uint64

// generatorOf returns the generator of a seed: people's seeds are 0, 1, 2.
func generatorOf(seed uint64) generator { return generator(mix(seed + golden)) }

func (s *generator) next() uint64 {
	*s += golden
	return mix(uint64(*s))
}

// below returns a number below n, all alike (Lemire, "Fast random integer generation
// in an interval", 2019).
func (s *generator) below(n uint64) uint64 {
	high, low := bits.Mul64(s.next(), n)
	if low < n {
		for least := -n % n; low < least; {
			high, low = bits.Mul64(s.next(), n)
		}
	}
	return high
}

// unit returns a number from 0 to 1, without 1.
func (s *generator) unit() float64 { return float64(s.next()>>11) * 0x1p-53 }

// shuffle puts s into an order of which all are alike.
func shuffle[T any](src *generator, s []T) {
	for i := len(s); i > 1; i-- {
		j := src.below(uint64(i))
		s[i-1], s[j] = s[j], s[i-1]
	}
}

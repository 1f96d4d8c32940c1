package tracker

import (
	"bytes"
	"math/bits"
)

// Permutation is an exact permutation of 0 to n-1, fixed by a seed, in O(1)
// memory: any position can be computed directly. It is a Feistel network on
// the smallest power of two that holds n, with cycle walking back into the
// range (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). It
// shuffles well; it is no cipher.
//
// A network of a few bits prefers some permutations, so that over many seeds the
// first of five elements was off by a seventh. Up to smallPermutation elements
// are shuffled one by one instead, with each order as likely as any other.
type Permutation struct {
	n           uint64
	left, right uint // bits of the two halves
	keys        [permutationRounds]uint64
	small       [smallPermutation]uint8 // for n up to its length
}

const (
	permutationRounds = 6
	smallPermutation  = 256
)

// NewPermutation returns the permutation of 0 to n-1 that seed fixes.
func NewPermutation(n, seed uint64) Permutation {
	p := Permutation{n: n}
	seed = mix(seed + golden) // people's seeds are 0, 1, 2
	if n <= smallPermutation {
		p.shuffle(seed)
		return p
	}
	width := uint(bits.Len64(n - 1))
	p.left = width / 2
	p.right = width - p.left
	for i := range p.keys {
		seed += golden // splitmix64
		p.keys[i] = mix(seed)
	}
	return p
}

// shuffle fills small (Fisher and Yates, inside out).
func (p *Permutation) shuffle(seed uint64) {
	for i := range p.n {
		seed += golden
		j, _ := bits.Mul64(mix(seed), i+1) // 0 to i, off by less than 2^-55
		p.small[i] = p.small[j]
		p.small[j] = uint8(i)
	}
}

// golden is the step of splitmix64.
const golden = 0x9E3779B97F4A7C15

// mix is the finalizer of splitmix64 (Steele, Lea and Flood, 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// At returns the element at position i, which must be less than n. The walk
// takes less than two rounds on average, for the domain is less than 2n.
func (p *Permutation) At(i uint64) uint64 {
	if p.n <= smallPermutation {
		return uint64(p.small[i])
	}
	for {
		if i = p.once(i); i < p.n {
			return i
		}
	}
}

// Of returns the position of the element e, which must be less than n: At undone.
func (p *Permutation) Of(e uint64) uint64 {
	if p.n <= smallPermutation {
		return uint64(bytes.IndexByte(p.small[:p.n], uint8(e)))
	}
	for {
		if e = p.back(e); e < p.n { // the walk of At, which stops at the first that is in the range, the other way
			return e
		}
	}
}

// back undoes once.
func (p *Permutation) back(x uint64) uint64 {
	l, r := x>>p.right, x&(1<<p.right-1)
	for i := permutationRounds - 2; i >= 0; i -= 2 {
		r ^= mix(l^p.keys[i+1]) & (1<<p.right - 1)
		l ^= mix(r^p.keys[i]) & (1<<p.left - 1)
	}
	return l<<p.right | r
}

// once permutes the whole power of two: each round changes one half by a
// function of the other, and can be undone.
func (p *Permutation) once(x uint64) uint64 {
	l, r := x>>p.right, x&(1<<p.right-1)
	for i := 0; i < permutationRounds; i += 2 {
		l ^= mix(r^p.keys[i]) & (1<<p.left - 1)
		r ^= mix(l^p.keys[i+1]) & (1<<p.right - 1)
	}
	return l<<p.right | r
}

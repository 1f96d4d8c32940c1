package integration_test

import "math/bits"

// bitset is a plain set of small numbers: what a client knows of a prefix, against what the server says.
type bitset []uint64

func newBitset(n uint64) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i uint64) bool { return b[i/64]>>(i%64)&1 != 0 }

// set tells whether i was not in the set.
func (b bitset) set(i uint64) bool {
	had := b.has(i)
	b[i/64] |= 1 << (i % 64)
	return !had
}

// unset tells whether i was in the set.
func (b bitset) unset(i uint64) bool {
	had := b.has(i)
	b[i/64] &^= 1 << (i % 64)
	return had
}

// eachWord calls f with the mask of [from, to) within each word that it touches.
func (b bitset) eachWord(from, to uint64, f func(word *uint64, mask uint64)) {
	for from < to {
		end := min(to, from|63+1)
		f(&b[from/64], ^uint64(0)>>(64-(end-from))<<(from%64))
		from = end
	}
}

// setRange returns how many were not in the set.
func (b bitset) setRange(from, to uint64) (n uint64) {
	b.eachWord(from, to, func(word *uint64, mask uint64) {
		n += uint64(bits.OnesCount64(mask &^ *word))
		*word |= mask
	})
	return n
}

// unsetRange returns how many were in the set.
func (b bitset) unsetRange(from, to uint64) (n uint64) {
	b.eachWord(from, to, func(word *uint64, mask uint64) {
		n += uint64(bits.OnesCount64(mask & *word))
		*word &^= mask
	})
	return n
}

func (b bitset) count() (n uint64) {
	for _, w := range b {
		n += uint64(bits.OnesCount64(w))
	}
	return n
}

// without returns how many of b are in none of the others, and one of them.
func (b bitset) without(others ...bitset) (n, example uint64) {
	for i, w := range b {
		for _, o := range others {
			w &^= o[i]
		}
		if w != 0 {
			n += uint64(bits.OnesCount64(w))
			example = uint64(i*64 + bits.TrailingZeros64(w))
		}
	}
	return n, example
}

package main

// xorshift is a random generator cheap enough not to be what is measured.
type xorshift uint64

func (x *xorshift) next() uint64 {
	v := *x
	v ^= v << 13
	v ^= v >> 7
	v ^= v << 17
	*x = v
	return uint64(v)
}

// loopRandom is what the loops over random IDs cost without an operation.
func loopRandom(n int, mask uint64) uint64 {
	x := xorshift(1)
	var sum uint64
	for range n {
		sum += x.next() & mask
	}
	return sum
}

// one counts a success without a branch: half of the tests of random IDs fail,
// and mispredicted branches would be most of the figure.
func one(ok bool) uint64 {
	var n uint64
	if ok {
		n = 1
	}
	return n
}

package workload

// What is random here is a function of a seed and a number, the same in every version and on every machine.

// golden is 2^64 over the golden ratio: its multiples are spread evenly.
const golden = 0x9e3779b97f4a7c15

// mix makes of a number one that looks random, of each another one (the finalizer of splitmix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// stream is numbers that look random, one after the other.
type stream uint64

func (s *stream) next() uint64 {
	*s += golden
	return mix(uint64(*s))
}

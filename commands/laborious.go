package commands

// longMatching is how many comparisons of bytes take about a millisecond.
const longMatching = 1 << 20

// longPattern tells whether patterns are so long that to match the names of
// commands or settings with them is long work.
func longPattern(patterns ...[]byte) bool {
	n := 0
	for _, p := range patterns {
		n += len(p)
	}
	return n > longMatching/1024
}

// laborious tells whether to match a page of n names of so many bytes with
// pattern is long work.
func laborious(n, length int, pattern string) bool {
	return n > longMatching/(length*max(len(pattern), 1))
}

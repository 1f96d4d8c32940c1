package commands

// glob reports whether s matches a pattern of *, ?, [a-z], [^a-z] and \x, as
// Redis has them. It backs up to the last * only, so its time is at most the
// product of both lengths, whatever the pattern.
func glob(pattern, s string) bool {
	p, i := 0, 0
	starP, starI := -1, 0
	for i < len(s) {
		if p < len(pattern) {
			if pattern[p] == '*' {
				starP, starI = p, i
				p++
				continue
			}
			if ok, width := matchOne(pattern[p:], s[i]); ok {
				p += width
				i++
				continue
			}
		}
		if starP < 0 {
			return false
		}
		starI++
		p, i = starP+1, starI
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// matchOne matches c with the first element of pattern and returns the
// element's width. An unclosed bracket takes the rest of the pattern.
func matchOne(pattern string, c byte) (ok bool, width int) {
	switch pattern[0] {
	case '?':
		return true, 1
	case '\\':
		if len(pattern) > 1 {
			return pattern[1] == c, 2
		}
	case '[':
		return matchClass(pattern, c)
	}
	return pattern[0] == c, 1
}

func matchClass(pattern string, c byte) (ok bool, width int) {
	i := 1
	not := i < len(pattern) && pattern[i] == '^'
	if not {
		i++
	}
	for i < len(pattern) && pattern[i] != ']' {
		switch {
		case pattern[i] == '\\' && i+1 < len(pattern):
			ok = ok || pattern[i+1] == c
			i += 2
		case i+2 < len(pattern) && pattern[i+1] == '-':
			lo, hi := pattern[i], pattern[i+2]
			ok = ok || min(lo, hi) <= c && c <= max(lo, hi)
			i += 3
		default:
			ok = ok || pattern[i] == c
			i++
		}
	}
	return ok != not, min(i+1, len(pattern))
}

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

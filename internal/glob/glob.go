// Package glob matches names with patterns of *, ?, [a-z], [^a-z] and \x, as Redis
// has them.
//
// It knows bytes. It must not know what they are the names of.
package glob

// Match reports whether s matches a pattern.
func Match(pattern, s string) bool {
	g := Pattern{Text: pattern}
	return g.Match(s)
}

// Pattern matches many strings with one pattern. It backs up to the last * only, and
// reads a wide element of the pattern once, so that its time for a string is at
// most the square of the string's length, however long and whatever the pattern.
type Pattern struct {
	Text string
	wide map[int]wideElement // by their place in the pattern
}

// wideElement is what a class, or several * in a row, come to.
type wideElement struct {
	width int
	class [4]uint64 // a bit for each byte that matches
}

const (
	// wideWidth is how wide an element is that is kept.
	wideWidth = 64
	// keepWide is how many are: a string gets no further in most patterns.
	keepWide = 4096
)

// Match reports whether s matches.
func (g *Pattern) Match(s string) bool {
	p, i := 0, 0
	starP, starI := -1, 0 // behind the last *, and where it begins to match
	for i < len(s) {
		if p < len(g.Text) {
			if g.Text[p] == '*' {
				p += g.stars(p)
				starP, starI = p, i
				continue
			}
			if ok, width := g.matchOne(p, s[i]); ok {
				p += width
				i++
				continue
			}
		}
		if starP < 0 {
			return false
		}
		starI++
		p, i = starP, starI
	}
	if p < len(g.Text) && g.Text[p] == '*' {
		p += g.stars(p)
	}
	return p == len(g.Text)
}

// stars returns how many * there are at p.
func (g *Pattern) stars(p int) int {
	if e, ok := g.wide[p]; ok {
		return e.width
	}
	n := 1
	for p+n < len(g.Text) && g.Text[p+n] == '*' {
		n++
	}
	g.keep(p, wideElement{width: n})
	return n
}

func (g *Pattern) keep(p int, e wideElement) {
	if e.width < wideWidth || len(g.wide) >= keepWide {
		return
	}
	if g.wide == nil {
		g.wide = make(map[int]wideElement)
	}
	g.wide[p] = e
}

// matchOne matches c with the element of the pattern at p and returns the
// element's width. An unclosed bracket takes the rest of the pattern.
func (g *Pattern) matchOne(p int, c byte) (ok bool, width int) {
	pattern := g.Text[p:]
	switch pattern[0] {
	case '?':
		return true, 1
	case '\\':
		if len(pattern) > 1 {
			return pattern[1] == c, 2
		}
	case '[':
		e, known := g.wide[p]
		if !known {
			e = readClass(pattern)
			g.keep(p, e)
		}
		return e.class[c>>6]>>(c&63)&1 != 0, e.width
	}
	return pattern[0] == c, 1
}

// readClass reads the class that pattern begins with.
func readClass(pattern string) (e wideElement) {
	add := func(lo, hi byte) {
		for c := int(lo); c <= int(hi); c++ {
			e.class[c>>6] |= 1 << (c & 63)
		}
	}
	i := 1
	not := i < len(pattern) && pattern[i] == '^'
	if not {
		i++
	}
	for i < len(pattern) && pattern[i] != ']' {
		switch {
		case pattern[i] == '\\' && i+1 < len(pattern):
			add(pattern[i+1], pattern[i+1])
			i += 2
		case i+2 < len(pattern) && pattern[i+1] == '-':
			lo, hi := pattern[i], pattern[i+2]
			add(min(lo, hi), max(lo, hi))
			i += 3
		default:
			add(pattern[i], pattern[i])
			i++
		}
	}
	if not {
		for k := range e.class {
			e.class[k] = ^e.class[k]
		}
	}
	e.width = min(i+1, len(pattern))
	return e
}

package web

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/internal/glob"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// order is what prefixes are put in order by. All but the name begin with the most.
type order string

const (
	byCount  order = "count"
	byName   order = "name"
	byMemory order = "memory"
	byClaims order = "claims"
	byFull   order = "full" // the part of the IDs within the bound that exists
)

var orders = []order{byCount, byName, byMemory, byClaims, byFull}

// weigh is how far in front a prefix comes.
func (o order) weigh(t *tracker.Tracker, stats *tracker.Stats) float64 {
	switch o {
	case byCount:
		return float64(stats.Count)
	case byMemory:
		return float64(stats.Memory)
	case byClaims:
		return float64(stats.Claims)
	case byFull:
		if bound := t.Config().MaxID; bound > 0 {
			return float64(stats.Count) / float64(bound)
		}
		return -1 // it never is
	}
	return 0
}

// ranking is a part of an order: those of the prefixes that match from offset on, limit
// at most.
type ranking struct {
	match         string
	by            order
	offset, limit int
}

// depth is how many of the first of the order are to be known.
func (r ranking) depth() int { return r.offset + r.limit }

// matcher is how names are matched: with a pattern if it is one, else those match that
// contain it, in letters of either case.
func (r ranking) matcher() func(prefix string) bool {
	switch {
	case r.match == "":
		return func(string) bool { return true }
	case strings.ContainsAny(r.match, "*?["):
		pattern := glob.Pattern{Text: r.match}
		return pattern.Match
	}
	wanted := []byte(r.match)
	for i, c := range wanted {
		wanted[i] = lower(c)
	}
	return func(prefix string) bool { return contains(prefix, wanted) }
}

// contains tells whether text has part in it, which is in lower case, in letters of
// either.
func contains(text string, part []byte) bool {
	for i := 0; i+len(part) <= len(text); i++ {
		n := 0
		for n < len(part) && lower(text[i+n]) == part[n] {
			n++
		}
		if n == len(part) {
			return true
		}
	}
	return false
}

// lower is an ASCII letter in lower case, and any other byte.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// found is what a survey has found for a ranking.
type found struct {
	names   []string
	sum     total // of these
	matched int
}

// candidate is a prefix in an order.
type candidate struct {
	weight float64
	prefix string
	of     total // what it comes to
}

func (a candidate) compare(b candidate) int {
	if a.weight != b.weight {
		return cmp.Compare(b.weight, a.weight)
	}
	return strings.Compare(a.prefix, b.prefix)
}

// search collects the first of an order while a survey goes on. What cannot be among them
// any more is thrown away whenever there are twice as many.
type search struct {
	ranking
	matches func(string) bool
	matched int
	best    []candidate
	last    candidate // of the first, once there are that many
	full    bool
}

func (r ranking) search() *search { return &search{ranking: r, matches: r.matcher()} }

func (s *search) offer(t *tracker.Tracker, stats *tracker.Stats) {
	prefix := t.Prefix()
	if !s.matches(prefix) {
		return
	}
	s.matched++
	c := candidate{weight: s.by.weigh(t, stats), prefix: prefix}
	c.of.add(stats)
	if s.full && s.last.compare(c) <= 0 {
		return
	}
	s.best = append(s.best, c)
	if len(s.best) >= 2*s.depth()+64 {
		s.cut()
	}
}

func (s *search) cut() {
	wanted := s.depth()
	slices.SortFunc(s.best, candidate.compare)
	if len(s.best) >= wanted {
		s.best = s.best[:wanted]
		if s.full = wanted > 0; s.full {
			s.last = s.best[wanted-1]
		}
	}
}

func (s *search) found() found {
	s.cut()
	f := found{matched: s.matched}
	for _, c := range s.best[min(s.offset, len(s.best)):] {
		f.names = append(f.names, c.prefix)
		f.sum = f.sum.with(c.of)
	}
	return f
}

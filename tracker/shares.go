package tracker

import (
	"hash/maphash"
	"math"
)

// shares is how many draws somebody has had of the prefixes and ratios of late, and how
// many of them were of existing IDs: so that over many small draws the ratio is as
// exact as over a large one.
type shares struct {
	all  [8]share
	next int // the one to be forgotten for another
	seed maphash.Seed
	used bool
}

type share struct {
	prefix      uint64 // its hash
	ratio       float64
	draws, hits float64
}

// of returns the share of prefix and ratio.
func (s *shares) of(prefix string, ratio float64) *share {
	if !s.used {
		s.seed, s.used = maphash.MakeSeed(), true
	}
	hash := maphash.String(s.seed, prefix)
	for i := range s.all {
		if a := &s.all[i]; a.prefix == hash && a.ratio == ratio {
			return a
		}
	}
	a := &s.all[s.next]
	s.next = (s.next + 1) % len(s.all)
	*a = share{prefix: hash, ratio: ratio}
	return a
}

// hitsOf returns how many of n more draws are of existing IDs.
func (s *share) hitsOf(n int) int {
	hits := math.Round(s.ratio*(s.draws+float64(n))) - s.hits
	return int(min(max(hits, 0), float64(n)))
}

// had notes n draws of which so many were of existing IDs.
func (s *share) had(n, hits int) {
	s.draws += float64(n)
	s.hits += float64(hits)
}

package tracker

// Draws without repetition: each step knows how many of its ranks have been drawn, so
// that the others keep the probability they have among themselves.

// pickLeft returns a step by what it has left; -1 if nothing is.
func (s *stairs) pickLeft(src *source) (picked int) {
	picked = -1
	s.mass = 0
	for i := range s.steps {
		t := &s.steps[i]
		s.mass += float64(t.n-t.drawn) * t.height
	}
	u := src.unit() * s.mass
	for i := range s.steps {
		t := &s.steps[i]
		if t.n == t.drawn {
			continue
		}
		picked = i
		if u -= float64(t.n-t.drawn) * t.height; u < 0 {
			break
		}
	}
	return picked
}

// pickRank returns a rank of t that has not been drawn, and where it is in t.rest.
// ok is false where the set has changed, or the try is lost.
func (s *stairs) pickRank(src *source, t *step) (rank, at uint64, ok bool) {
	if t.short {
		at = src.below(uint64(len(t.rest)))
		return t.rest[at], at, true
	}
	for range 64 { // each finds one with probability 1/2 at least
		rank, ok = s.set.at(t.first + src.below(t.n))
		if ok && !s.seen(rank) {
			return rank, 0, true
		}
	}
	return 0, 0, false
}

// drew notes that the rank of t that pickRank has returned is drawn. It has been
// added to what seen tells.
func (s *stairs) drew(t *step, at uint64) {
	t.drawn++
	if t.short {
		last := len(t.rest) - 1
		t.rest[at] = t.rest[last]
		t.rest = t.rest[:last]
	} else if 2*t.drawn >= t.n {
		s.shorten(t)
	}
	if t.drawn == t.n {
		s.weigh()
		s.reach()
	}
}

// shorten lists what is left of t: by then that is no more than has been drawn.
func (s *stairs) shorten(t *step) {
	all := s.set.collect(nil, t.first, t.n)
	t.rest, t.short = all[:0], true
	for _, rank := range all {
		if !s.seen(rank) {
			t.rest = append(t.rest, rank)
		}
	}
	t.drawn = t.n - min(t.n, uint64(len(t.rest)))
}

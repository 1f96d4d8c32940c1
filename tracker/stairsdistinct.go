package tracker

// Draws without repetition: each step knows how many of its ranks have been drawn, so
// that the others keep the probability they have among themselves.

// copy makes s a copy of all, of which nothing has been drawn.
func (s *stairs) copy(all *stairs) *stairs {
	steps, sums := append(s.steps[:0], all.steps...), append(s.sums[:0], all.sums...)
	*s = *all
	s.steps, s.sums, s.table = steps, sums, nil
	return s
}

// blockSteps is how many steps have their sum kept.
const blockSteps = 16

func (s *stairs) block(k int) []step {
	return s.steps[k*blockSteps : min((k+1)*blockSteps, len(s.steps))]
}

// sumUp computes the sum of block k, by which steps are found.
func (s *stairs) sumUp(k int) {
	for len(s.sums) <= k {
		s.sums = append(s.sums, 0)
	}
	s.sums[k] = 0
	for i := range s.block(k) {
		t := &s.block(k)[i]
		s.sums[k] += float64(t.n-t.drawn) * t.height
	}
}

// pickLeft returns a step by what it has left; -1 if nothing is.
func (s *stairs) pickLeft(src *generator) (picked int) {
	s.mass = 0
	for _, sum := range s.sums {
		s.mass += sum
	}
	picked = -1
	u := src.unit() * s.mass
	for k, sum := range s.sums {
		if sum == 0 {
			continue
		}
		if u >= sum {
			u -= sum
			picked = k * blockSteps // should rounding leave nothing behind it
			continue
		}
		for i := range s.block(k) {
			t := &s.block(k)[i]
			if t.n == t.drawn {
				continue
			}
			picked = k*blockSteps + i
			if u -= float64(t.n-t.drawn) * t.height; u < 0 {
				break
			}
		}
		return picked
	}
	for ; picked >= 0 && picked < len(s.steps)-1 && s.steps[picked].n == s.steps[picked].drawn; picked++ {
	}
	return picked
}

// pickRank returns a rank of t that has not been drawn, and where it is in t.rest.
// ok is false where the set has changed, or the try is lost.
func (s *stairs) pickRank(src *generator, t *step) (rank, at uint64, ok bool) {
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

// drew notes that the rank of step i that pickRank has returned is drawn. It has been
// added to what seen tells.
func (s *stairs) drew(i int, at uint64) {
	t := &s.steps[i]
	t.drawn++
	if t.short {
		last := len(t.rest) - 1
		t.rest[at] = t.rest[last]
		t.rest = t.rest[:last]
	} else if 2*t.drawn >= t.n {
		s.shorten(t)
	}
	if s.sumUp(i / blockSteps); t.drawn == t.n {
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

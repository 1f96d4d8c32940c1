package tracker

import (
	"math"
	"math/bits"
	"slices"
)

// stairs draw ranks of a set by a shape: each with exactly the probability that the
// shape gives it among those of the set.
//
// They cut the ranks into steps in which the weight falls by slope at most. A draw
// picks a step, by how many ranks of the set it has, each taken as likely as the
// likeliest of them; then one of these ranks, all alike; and keeps it with its own
// probability as a part of that of the likeliest. Most are kept, and for most of
// these no weight is computed. What the steps do not reach is less than 2^-64 of the
// whole. So there are a few hundred steps at most, however many ranks.
type stairs struct {
	shape shape
	ranks uint64 // the shape's
	set   ranked
	slope float64

	// Without repetition gone are the ranks that were drawn before, ascending, and seen
	// tells these and all that have been drawn since.
	gone []uint64
	seen func(rank uint64) bool

	steps []step
	sides [2]side   // up from the peak, and down
	top   float64   // the weight that all are relative to
	mass  float64   // of the steps
	sums  []float64 // of each block of steps
	table []alias
}

// step is the ranks of a set in [from, to).
type step struct {
	from, to uint64
	first, n uint64  // n of the set, from the one before which first lie
	bound    float64 // the largest weight
	height   float64 // exp of it, relative to the top
	sure     float64 // the smallest probability in it as a part of the largest

	drawn uint64   // of the n, and not to be drawn again
	rest  []uint64 // the others, once they are the smaller part
	short bool     // rest is in use
}

// side is where the steps end on one side, and what would be the first of the next.
type side struct {
	end   uint64 // the steps reach up to it, without it, or down to it
	rank  uint64
	index uint64 // in the set
	left  uint64 // ranks of the set from there outwards
	bound float64
}

// negligible is the logarithm of the part of all probability that is left out.
const negligible = -45 // below 2^-64

// build makes the steps for a set. gone and seen are for draws without repetition.
func (s *stairs) build(shape shape, ranks uint64, set ranked, slope float64, gone []uint64, seen func(rank uint64) bool) {
	*s = stairs{shape: shape, ranks: ranks, set: set, slope: slope, gone: gone, seen: seen, steps: s.steps[:0], sums: s.sums[:0], table: s.table[:0]}
	peak := shape.peak()
	s.sides = [2]side{{end: peak}, {end: peak}}
	s.look(0)
	s.look(1)
	s.reach()
}

// look finds the next rank of the set on a side.
func (s *stairs) look(k int) {
	d := &s.sides[k]
	i := s.set.before(d.end)
	if k == 0 {
		d.index, d.left = i, s.set.total()-min(i, s.set.total())
	} else {
		d.index, d.left = i-min(i, 1), i
	}
	d.bound = math.Inf(-1)
	if d.left == 0 {
		return
	}
	rank, ok := s.set.at(d.index)
	if !ok || (k == 0) != (rank >= d.end) {
		d.left = 0
		return
	}
	d.rank, d.bound = rank, s.shape.weight(rank)
}

// outer is the logarithm of more than a side has left.
func (d *side) outer() float64 {
	if d.left == 0 {
		return math.Inf(-1)
	}
	return d.bound + math.Log(float64(d.left))
}

// reach adds steps until what they do not reach is negligible.
func (s *stairs) reach() {
	for {
		k := 0
		if s.sides[1].outer() > s.sides[0].outer() {
			k = 1
		}
		outer := s.sides[k].outer()
		if math.IsInf(outer, -1) || s.mass > 0 && outer < s.top+math.Log(s.mass)+negligible {
			return
		}
		s.add(k)
	}
}

// add adds the next step of a side.
func (s *stairs) add(k int) {
	d := &s.sides[k]
	t := step{bound: d.bound}
	within := func(rank uint64) bool { return s.shape.weight(rank) >= d.bound-s.slope }
	if k == 0 {
		t.from = d.rank
		t.to = t.from + 1 + firstNot(s.ranks-t.from-1, func(i uint64) bool { return within(t.from + 1 + i) })
		t.sure = s.shape.weight(t.to - 1)
		d.end = t.to
	} else {
		t.to = d.rank + 1
		t.from = d.rank - firstNot(d.rank, func(i uint64) bool { return within(d.rank - 1 - i) })
		t.sure = s.shape.weight(t.from)
		d.end = t.from
	}
	t.sure = math.Exp(t.sure - t.bound)
	if k == 0 {
		t.first = d.index
		t.n = max(s.set.before(t.to), t.first+1) - t.first
	} else {
		t.first = min(s.set.before(t.from), d.index)
		t.n = d.index + 1 - t.first
	}
	if len(s.gone) > 0 {
		i, _ := slices.BinarySearch(s.gone, t.from)
		j, _ := slices.BinarySearch(s.gone, t.to)
		if t.drawn = min(uint64(j-i), t.n); 2*t.drawn >= t.n {
			s.shorten(&t)
		}
	}
	if s.steps = append(s.steps, t); s.mass > 0 && t.bound <= s.top {
		s.weighOne(len(s.steps) - 1)
		s.sumUp((len(s.steps) - 1) / blockSteps)
	} else {
		s.weigh()
	}
	s.look(k)
}

// firstNot returns the smallest of 0 to n-1 for which is does not hold, n for none;
// once it does not hold it never does again. It looks nearby first.
func firstNot(n uint64, is func(uint64) bool) uint64 {
	low, width := uint64(0), uint64(1) // is holds below low
	for low+width-1 < n && is(low+width-1) {
		low += width
		width *= 2
	}
	high := min(n, low+width-1)
	for low < high {
		if mid := low + (high-low)/2; is(mid) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// weigh computes the heights and the mass of what is left to be drawn.
func (s *stairs) weigh() {
	s.top, s.mass = math.Inf(-1), 0
	for i := range s.steps {
		if t := &s.steps[i]; t.n > t.drawn {
			s.top = max(s.top, t.bound)
		}
	}
	for i := range s.steps {
		s.weighOne(i)
	}
	for k := range (len(s.steps) + blockSteps - 1) / blockSteps {
		s.sumUp(k)
	}
}

func (s *stairs) weighOne(i int) {
	t := &s.steps[i]
	if t.height = 0; t.n == t.drawn {
		return
	}
	t.height = math.Exp(t.bound - s.top)
	s.mass += float64(t.n-t.drawn) * t.height
}

// alias is one of as many equal parts of all probability as there are steps: up to
// the limit it is the step's of its place, and beyond it another's (A. J. Walker,
// "An efficient method for generating discrete random variables", 1977). What a draw
// needs of the step stands beside it.
type alias struct {
	limit    uint64
	first, n uint64
	sure     float64
	other    int32
}

// tabulate makes the table for draws with repetition.
func (s *stairs) tabulate() {
	n := len(s.steps)
	s.table = slices.Grow(s.table[:0], n)[:n]
	parts := make([]float64, n)
	var small, large []int32
	for i := range s.steps {
		t := &s.steps[i]
		parts[i] = float64(t.n) * t.height / s.mass * float64(n)
		s.table[i] = alias{math.MaxUint64, t.first, t.n, t.sure, int32(i)}
		if parts[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		i, j := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		s.table[i].limit, s.table[i].other = uint64(parts[i]*0x1p64), j
		if parts[j] -= 1 - parts[i]; parts[j] < 1 {
			large = large[:len(large)-1]
			small = append(small, j)
		}
	}
}

// pick returns a rank for a draw with repetition, by its place in the set; keeps is to
// decide about it.
func (s *stairs) pick(src *generator) (at uint64, i int) {
	if len(s.table) > 1 {
		place, part := bits.Mul64(src.next(), uint64(len(s.table)))
		i = int(place)
		if other := int(s.table[i].other); part >= s.table[i].limit {
			i = other
		}
	}
	a := &s.table[i]
	return a.first + src.below(a.n), i
}

// keeps decides about a rank of step i, of which no weight is less than sure.
func (s *stairs) keeps(src *generator, i int, rank uint64, sure float64) bool {
	if sure >= 1 {
		return true
	}
	u := src.unit()
	return u < sure || u < math.Exp(s.shape.weight(rank)-s.steps[i].bound)
}

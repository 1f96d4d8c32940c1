package tracker

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// Draws of a class of which neither the IDs lie by rank nor the ranks can be kept: all of them
// come from walks over the whole class, however many they are.

// inPasses is count for such a class.
func (c *drawing) inPasses(law shape, want int) (all bool) {
	for _, s := range [2]shape{law, flat{}} {
		some := false
		if c.Distinct {
			c.race(s, want)
		} else {
			some = c.mark(s, want)
		}
		if len(c.got) == want || c.of.Stopped() {
			return true
		}
		if some { // it has changed
			return false
		}
	}
	return true // the law had nothing for what was left
}

// member is an ID of the class.
type member uint64

// all returns the IDs of the class, while somebody waits for them.
func (c *drawing) all() iter.Seq[member] {
	return func(yield func(member) bool) {
		all := c.of.iter(c.r)
		for passed := 1; ; passed++ {
			id, ok := all.Next()
			if !ok || passed%someTries == 0 && !c.of.asks() || !yield(member(id)) {
				return
			}
		}
	}
}

// weighed returns them with the logarithms of their weights.
func (c *drawing) weighed(law shape) iter.Seq2[uint64, float64] {
	return func(yield func(id uint64, weight float64) bool) {
		for id := range c.all() {
			if !yield(uint64(id), law.weight(c.scrambling.rank(uint64(id)))) {
				return
			}
		}
	}
}

// mark lays the weights of all IDs end to end, puts as many marks as are wanted anywhere on the
// whole, and appends the IDs that they lie in. It reports whether any ID has a
// weight.
func (c *drawing) mark(law shape, want int) (some bool) {
	top, mass := math.Inf(-1), 0.0 // of those up to here, relative to the largest
	for _, w := range c.weighed(law) {
		switch {
		case w > top:
			top, mass = w, mass*math.Exp(top-w)+1
		case !math.IsInf(w, -1):
			mass += math.Exp(w - top)
		}
	}
	if mass == 0 || c.of.Stopped() {
		return false
	}
	had := len(c.got)
	marks := make([]float64, want-had)
	for i := range marks {
		marks[i] = c.src.unit() * mass
	}
	slices.Sort(marks)
	end := 0.0
	for id, w := range c.weighed(law) {
		for end += math.Exp(w - top); len(marks) > 0 && marks[0] < end; marks = marks[1:] {
			c.add(id)
		}
		if len(marks) == 0 {
			break
		}
	}
	shuffle(&c.src, c.got[had:])
	return true
}

// race has each ID arrive after a time that falls off exponentially, with its weight as the rate, and appends
// the first that arrive: each is any of those that are left, by their weights (Efraimidis and Spirakis,
// "Weighted random sampling with a reservoir", 2006).
func (c *drawing) race(law shape, want int) {
	n := want - len(c.got)
	var first []runner
	limit := math.Inf(1)
	for id, w := range c.weighed(law) {
		if _, again := c.seen[id]; again || math.IsInf(w, -1) {
			continue
		}
		if time := math.Log(-math.Log1p(-c.src.unit())) - w; time < limit {
			if first = append(first, runner{time, id}); len(first) >= 2*n+firstTries {
				first = firstOf(first, n)
				limit = first[n-1].time
			}
		}
	}
	for _, r := range firstOf(first, n) {
		c.seen[r.id] = struct{}{}
		c.add(r.id)
	}
}

// runner is an ID that arrives.
type runner struct {
	time float64 // its logarithm
	id   uint64
}

// firstOf returns the n that arrive first, in their order.
func firstOf(all []runner, n int) []runner {
	slices.SortFunc(all, func(a, b runner) int { return cmp.Compare(a.time, b.time) })
	return all[:min(n, len(all))]
}

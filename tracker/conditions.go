package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// condition is one of the things that all wanted IDs have in common: to be in bits or,
// with out, not to be in it. An ID in or is in order, too.
type condition struct {
	bits *bitmap.Bitmap
	out  bool
	or   *bitmap.Bitmap // nil for none
}

// next finds the first word with such IDs in [from, max). It passes over none that is
// one all through the call.
func (c *condition) next(from, max uint64) (wi, word uint64, ok bool) {
	if !c.out {
		return c.bits.NextSetWord(from, max)
	}
	wi, word, ok = c.bits.NextClearWord(from, max)
	if c.or == nil {
		return wi, word, ok
	}
	if ok {
		max = min(max, (wi+1)<<6)
	}
	also, more, some := c.or.NextSetWord(from, max)
	switch {
	case !some:
		return wi, word, ok
	case ok && also == wi:
		return wi, word | more, true
	default:
		return also, more, true
	}
}

// conditions are what a selection consists of.
type conditions struct {
	all [5]condition
	n   int
}

func (c *conditions) add(one condition) { c.all[c.n], c.n = one, c.n+1 }

// exists adds that an ID exists under t.
func (c *conditions) exists(t *Tracker) {
	c.add(condition{bits: &t.bits})
	c.grounded(t)
}

// grounded adds that an ID is not in flight under t.
func (c *conditions) grounded(t *Tracker) {
	if f := t.flight(); f != nil {
		c.add(condition{bits: &f.bits, out: true})
	}
}

// lacks adds that an ID does not exist under t.
func (c *conditions) lacks(t *Tracker) {
	one := condition{bits: &t.bits, out: true}
	if f := t.flight(); f != nil {
		one.or = &f.bits
	}
	c.add(one)
}

// conditions returns those of s. A flight that begins later is not among them: they
// only say where to look, and word looks.
func (s *Selection) conditions() (c conditions) {
	if s.mask.only != nil {
		c.exists(s.mask.only)
	}
	switch s.filter {
	case Set:
		c.exists(s.tracker)
	case Unset:
		c.add(condition{bits: &s.tracker.bits, out: true})
	default:
		c.grounded(s.tracker)
	}
	if s.mask.except != nil {
		c.lacks(s.mask.except)
	}
	return c
}

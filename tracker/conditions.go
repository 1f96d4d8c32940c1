package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// condition is one of the things that all wanted IDs have in common: to be in bits or,
// with out, not to be in it, or not to exist under lack.
type condition struct {
	bits *bitmap.Bitmap
	out  bool
	lack *Tracker // nil for none; bits are its own
}

// next finds the first word that may have such IDs in [from, max). It passes over none
// that is one all through the call.
func (c *condition) next(from, max uint64) (wi, word uint64, ok bool) {
	switch {
	case c.lack != nil:
		return c.lack.nextLacking(from, max)
	case c.out:
		return c.bits.NextClearWord(from, max)
	default:
		return c.bits.NextSetWord(from, max)
	}
}

// nextLacking finds the first word that may have IDs of [from, max) which do not exist.
// They are free or in flight, and may go from the one to the other while the bitmaps are
// looked at, one after the other. Where something has moved meanwhile nothing is known,
// and the word of from is the first that may have such IDs.
func (t *Tracker) nextLacking(from, max uint64) (wi, word uint64, ok bool) {
	f, seq := t.flight(), uint64(0)
	if f != nil {
		seq = f.seq.Load()
	}
	wi, word, ok = t.bits.NextClearWord(from, max)
	if f == nil && t.flight() == nil {
		return wi, word, ok
	}
	if f != nil {
		end := max
		if ok {
			end = min(max, (wi+1)<<6)
		}
		also, more, some := f.bits.NextSetWord(from, end)
		switch {
		case !some:
		case ok && also == wi:
			word |= more
		default:
			wi, word, ok = also, more, true
		}
		if seq&1 == 0 && f.seq.Load() == seq {
			return wi, word, ok
		}
	}
	wi = from >> 6
	return wi, bitmap.Clip(wi, from, max), true
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
func (c *conditions) lacks(t *Tracker) { c.add(condition{bits: &t.bits, lack: t}) }

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

package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// condition is one of the things that all wanted IDs have in common: to be in a bitmap, not
// to be in it, or not to exist under lack.
type condition struct {
	of     *bitmap.Bitmap
	set    bool // to be in it
	finger bitmap.Finger
	lack   *Tracker      // nil for none; of is its own
	flying bitmap.Finger // what is in flight under lack
	flight *flight       // which flying is for
}

// next finds the first word that may have such IDs in [from, max). It passes over none
// that has been one since the first call.
func (c *condition) next(from, max uint64) (wi, word uint64, ok bool) {
	if c.lack == nil {
		return c.finger.Next(from, max)
	}
	f := c.flight
	if f == nil {
		if wi, word, ok = c.finger.Next(from, max); c.lack.flight() == nil {
			return wi, word, ok
		}
		f = c.lack.flight()
		c.flight, c.flying = f, f.bits.SetFinger()
	}
	// What does not exist is free or in flight, and may go from the one to the other
	// while the bitmaps are looked at, one after the other. Where something has moved
	// meanwhile nothing is known, and the word of from is the first that may have such
	// IDs.
	seq := f.seq.Load()
	wi, word, ok = c.finger.Next(from, max)
	end := max
	if ok {
		end = min(max, (wi+1)<<6)
	}
	also, more, some := c.flying.Next(from, end)
	switch {
	case !some:
	case ok && also == wi:
		word |= more
	default:
		wi, word, ok = also, more, true
	}
	if seq&1 != 0 || f.seq.Load() != seq {
		wi = from >> 6
		return wi, bitmap.Clip(wi, from, max), true
	}
	return wi, word, ok
}

// reach returns the first ID of [from, max) that may not be as c says, or max. It passes over
// none that has not been so all through the call.
func (c *condition) reach(from, max uint64) uint64 {
	other := c.of.NextSet
	if c.set {
		other = c.of.NextClear
	}
	if id, ok := other(from, max); ok {
		return id
	}
	return max
}

package bitmap

import (
	"math/bits"
	"sync/atomic"
)

// Claimer claims the free IDs of a range one by one, and keeps to a place of
// its own: it remembers the word it is at, and when another claimer gets in its
// way it moves on to the next group of 4,096 IDs. So two that work beside each
// other seldom touch the same cache line, one alone goes in ascending order,
// and what was passed over is found at the end.
//
// A Claimer is for one goroutine; any number may work on one range.
type Claimer struct {
	b        *Bitmap
	r        *root          // generation of word
	word     *atomic.Uint64 // nil before the first claim and after a clear
	count    *atomic.Int64  // the part of the population count for word
	wi       uint64
	mask     uint64
	min, max uint64
}

// Claimer returns a Claimer of the IDs of [min, max).
func (b *Bitmap) Claimer(min, max uint64) Claimer {
	return Claimer{b: b, min: min, max: clamp(max)}
}

// Next claims an ID; ok is false only if no ID of the range was free all
// through the call.
func (c *Claimer) Next() (id uint64, ok bool) {
	if w := c.word; w != nil && c.b.root.Load() == c.r { // not cleared since
		old := w.Load()
		free := c.mask &^ old
		bit := free & -free
		new := old | bit
		yield()
		if bit != 0 && !crosses(old, new) && w.CompareAndSwap(old, new) { // claims the bit
			c.count.Add(1)
			return c.wi<<6 + uint64(bits.TrailingZeros64(bit)), true
		}
	}
	return c.nextSlow()
}

// nextSlow is Next at the edges of a word, and when others are in the way.
func (c *Claimer) nextSlow() (id uint64, ok bool) {
	for {
		if c.word != nil && c.b.root.Load() == c.r {
			old := c.word.Load()
			if free := c.mask &^ old; free != 0 {
				bit := free & -free
				yield()
				if c.r.swap(c.word, c.wi, old, old|bit) { // claims the bit
					c.count.Add(1)
					return c.wi<<6 + uint64(bits.TrailingZeros64(bit)), true
				}
				c.moveTo((c.wi/groupWords + 1) * groupWords << 6)
				continue
			}
			if c.moveTo((c.wi + 1) << 6) {
				continue
			}
		}
		if !c.restart() {
			return 0, false
		}
	}
}

// moveTo goes to the first word with free IDs from the ID from on; false, and
// no word, when a walk finds none.
func (c *Claimer) moveTo(from uint64) bool {
	c.word = nil
	if from >= c.max {
		return false
	}
	f, ok := c.r.here(fulls, from, c.max)
	if !ok {
		if f, ok = c.r.next(fulls, from, c.max, nil); !ok {
			return false
		}
	}
	return c.settleOn(f)
}

// restart begins again at the lowest free ID; false when there is none.
func (c *Claimer) restart() bool {
	c.r = c.b.generation()
	f, ok := c.r.nextFree(c.min, c.max)
	if !ok {
		c.word = nil
		return false
	}
	c.settleOn(f)
	return true
}

// settleOn makes the word of f the claimer's own place, allocating it where it
// must; false when the bitmap was cleared meanwhile.
func (c *Claimer) settleOn(f find) bool {
	if c.word = f.word; c.word == nil {
		r, w := c.b.home(f.wi << 6)
		if r != c.r {
			return false
		}
		c.word = w
	}
	c.wi, c.mask, c.count = f.wi, clip(f.wi, c.min, c.max), c.r.counter(f.wi)
	return true
}

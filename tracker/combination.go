package tracker

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Operation is how sets of IDs become one.
type Operation uint8

const (
	Intersection Operation = iota // IDs that are in all of them
	Union                         // in one at least
	Difference                    // in the first, and in no other
	Odd                           // in an odd number of them
	Complement                    // in none, of those below the bound: for one set
	OthersOnly                    // in another, and not in the first
	FirstAndAny                   // in the first, and in another
	One                           // in exactly one
)

// Combination is what an Operation makes of the IDs that exist under some prefixes,
// a word of 64 IDs at a time. It goes through the bitmaps of all of them at once and
// passes over what their summaries know to come to nothing. It is not a point in time: an
// ID that stays as it is in all of them during a pass is in it, or is not, as the Operation
// says, and one that changes may be.
//
// After fewWords looks at words it asks whether its client has gone. Then it has
// stopped, and finds nothing more.
//
// It is for one goroutine, and a pass begins anew with each call.
type Combination struct {
	op       Operation
	of       []source // of registry.none for a prefix that is not there
	registry *Registry
	client   Client
	looked   int
	stopped  bool
	flushes  uint64    // the registry's, from before the look at it
	heads    []uint64  // of each set the word that it comes to next, where one of them is enough
	order    []*source // the sets of an Intersection, the one that has most to pass over first
}

// Combine returns the combination of the IDs under prefixes; one that is not there has
// none. Complement is of one prefix alone, and is [ErrUnbounded] of one that has no bound.
// When client, which may be nil, has gone it ends early.
func (c *Caller) Combine(op Operation, prefixes [][]byte, client Client) (*Combination, error) {
	r := c.registry
	k := &Combination{op: op, registry: r, client: client, flushes: r.arrivals.flushes.Load()}
	for _, p := range prefixes {
		t := r.Get(string(p))
		if t == nil {
			t = r.none
		}
		k.of = append(k.of, source{t: t})
	}
	if op == Complement && k.Found(0) && k.of[0].t.maxID == 0 {
		return nil, ErrUnbounded
	}
	return k, nil
}

// Found tells whether the prefix i was there.
func (k *Combination) Found(i int) bool { return k.of[i].t != k.registry.none }

// Stopped tells whether it has ended early.
func (k *Combination) Stopped() bool { return k.stopped }

// Count returns how many IDs there are, or limit if there are more and limit is not 0.
func (k *Combination) Count(limit uint64) (n uint64) {
	k.begin()
	for at := uint64(0); limit == 0 || n < limit; {
		wi, word, ok := k.next(at)
		if !ok {
			return n
		}
		n += uint64(bits.OnesCount64(word))
		at = wi + 1
	}
	return limit
}

// Snapshot collects the IDs, as [Tracker.Snapshot] does.
func (k *Combination) Snapshot(first []Run) (*Snapshot, error) {
	k.begin()
	return snapshot(first, k.registry.budget, k.page)
}

// page appends up to n IDs from the cursor on, and returns the next one, 0 at the end.
func (k *Combination) page(dst []Run, cursor uint64, n int) ([]Run, uint64) {
	for n > 0 {
		wi, word, ok := k.next(cursor >> 6)
		if !ok {
			return dst, 0
		}
		if wi == cursor>>6 {
			if word &^= 1<<(cursor&63) - 1; word == 0 {
				cursor = (wi + 1) << 6
				continue
			}
		}
		word = bitmap.Lowest(word, n)
		dst = bitmap.AppendWord(dst, wi, word)
		n -= bits.OnesCount64(word)
		cursor = wi<<6 + uint64(bits.Len64(word))
	}
	return dst, cursor
}

// Bytes is how long the string of bits is that Redis makes of it: as long as the longest of
// the strings.
func (k *Combination) Bytes() (n uint64) {
	if k.op == Complement && k.Found(0) {
		return (k.of[0].t.maxID + 7) / 8
	}
	for i := range k.of {
		if last, ok := k.of[i].t.Last(); ok {
			n = max(n, last/8+1)
		}
	}
	return n
}

// config returns the settings of a tracker for the IDs: those of the first prefix that is
// there, with a bound that all IDs fit into. ok is false if none is.
func (k *Combination) config() (c Config, ok bool) {
	for i := range k.of {
		switch t := k.of[i].t; {
		case !k.Found(i):
		case !ok:
			c, ok = t.Config(), true
		case c.MaxID == 0 || k.onlyFirst() && k.Found(0):
		case t.maxID == 0:
			c.MaxID = 0
		default:
			c.MaxID = max(c.MaxID, t.maxID)
		}
	}
	return c, ok
}

// onlyFirst tells whether all IDs are of the first prefix.
func (k *Combination) onlyFirst() bool {
	return k.op == Intersection || k.op == Difference || k.op == FirstAndAny
}

// begin begins a pass.
func (k *Combination) begin() {
	switch k.op {
	case Intersection:
		k.order = make([]*source, len(k.of))
		for i := range k.of {
			k.order[i] = &k.of[i]
		}
		slices.SortStableFunc(k.order, func(a, b *source) int { return cmp.Compare(a.t.Count(), b.t.Count()) })
	case Union, Odd, OthersOnly, One:
		k.heads = make([]uint64, len(k.of))
		for i := range k.of {
			k.heads[i] = k.of[i].next(0)
		}
	}
}

// next returns the first word from wi on that has IDs. In a pass wi goes up.
func (k *Combination) next(wi uint64) (at, word uint64, ok bool) {
	for at = wi; ; at++ {
		if at = k.candidate(at); at >= bitmap.Words || !k.goesOn(len(k.of)) {
			return 0, 0, false
		}
		if word = k.word(at); word != 0 {
			return at, word, true
		}
		if k.op == Difference {
			at = k.skip(at)
		}
	}
}

// goesOn tells whether to go on, with so many looks.
func (k *Combination) goesOn(looks int) bool {
	if k.looked += looks; k.looked >= fewWords {
		k.looked = 0
		k.stopped = k.stopped || k.client != nil && k.client.Gone()
	}
	return !k.stopped
}

// candidate returns the first word from at on that may have IDs; bitmap.Words if there
// is none.
func (k *Combination) candidate(at uint64) uint64 {
	switch k.op {
	case Intersection:
		for agreed := 0; agreed < len(k.order) && at < bitmap.Words && k.goesOn(1); agreed++ {
			next := k.order[agreed].next(at)
			if next != at && agreed > 0 {
				k.order[0], k.order[agreed] = k.order[agreed], k.order[0]
				agreed = 0
			}
			at = next
		}
		return at
	case Difference, FirstAndAny:
		return k.of[0].next(at)
	case Complement:
		return k.of[0].nextFree(at)
	default:
		least := uint64(bitmap.Words)
		for i, head := range k.heads {
			if head < at {
				head = k.of[i].next(at)
				k.heads[i] = head
			}
			least = min(least, head)
		}
		return least
	}
}

// word has the bits of the IDs of the word at.
func (k *Combination) word(at uint64) (word uint64) {
	if k.op == Intersection {
		word = ^uint64(0)
		for _, s := range k.order {
			if word &= s.word(at); word == 0 {
				break
			}
		}
		return word
	}
	first, others := k.of[0].word(at), k.of[1:]
	switch k.op {
	case Difference:
		for i := range others {
			if first == 0 {
				break
			}
			first &^= others[i].word(at)
		}
		return first
	case Complement:
		return ^first & bitmap.Clip(at, 0, k.of[0].t.maxID)
	case Odd:
		for i := range others {
			first ^= others[i].word(at)
		}
		return first
	case One:
		several := uint64(0)
		for i := range others {
			w := others[i].word(at)
			several |= first & w
			first |= w
		}
		return first &^ several
	}
	for i := range others {
		word |= others[i].word(at)
	}
	switch k.op {
	case OthersOnly:
		return word &^ first
	case FirstAndAny:
		return word & first
	default:
		return word | first
	}
}

// skip returns the last word from at on of which another set than the first has all IDs,
// if one has those of at: there nothing is left of the first.
func (k *Combination) skip(at uint64) uint64 {
	for i := range k.of[1:] {
		if next := k.of[1+i].nextLacking(at); next > at {
			at = next - 1
		}
	}
	return at
}

package tracker

import (
	"math"
	"math/bits"
	"slices"
)

// drawing is the draws of one class.
type drawing struct {
	*Drawer
	*Draws
	tracker *Tracker
	of      Selection
	r       Range
	n       int

	tries  int
	got    []Drawn
	fallen uint64
}

const (
	// wholeSlope and countedSlope are how far the weight falls in a step: less is fewer
	// lost tries, and more steps.
	wholeSlope   = 1.0 / 8
	countedSlope = math.Ln2
	// firstTries are tried before anything else is thought of, and so many between two
	// looks at how they go.
	firstTries = 64
	// someTries are between two looks at whether somebody still waits.
	someTries = 4096
	// mostRecounts is how often a class is counted again that changes meanwhile.
	mostRecounts = 8
)

// draw appends the draws of the class to dst.
func (c *drawing) draw(dst []Drawn) ([]Drawn, error) {
	if c.n <= 0 {
		return dst, nil
	}
	c.got = dst
	if c.Distinct {
		if c.seen == nil {
			c.seen = make(map[uint64]struct{})
		}
		defer c.forget()
	}
	want := len(dst) + c.n
	err := c.tryAll(want)
	for recount := 0; err == nil && len(c.got) < want; recount++ {
		if recount == mostRecounts {
			c.walk(want)
			break
		}
		if c.count(want) {
			break
		}
	}
	return c.got, err
}

// walk draws what it finds first, of a class that changes faster than it can be
// counted.
func (c *drawing) walk(want int) {
	for had := -1; len(c.got) < want && len(c.got) > had; {
		had = len(c.got)
		for id := range c.of.all(c.r) {
			if len(c.got) == want {
				break
			}
			if c.Distinct {
				if _, is := c.seen[id]; is {
					continue
				}
				c.seen[id] = struct{}{}
			}
			c.add(id)
		}
	}
}

// forget makes the Drawer ready for the next class.
func (c *drawing) forget() {
	if len(c.seen) > deckRanks/64 {
		c.seen = nil
	}
	clear(c.seen)
}

// tryAll draws from all ranks of the law and keeps what is of the class. It ends when
// to count the class is less work than to go on.
func (c *drawing) tryAll(want int) error {
	s := &c.whole
	if n := c.r.Len(); c.law != c.Law || c.ranks != n {
		c.law, c.ranks = c.Law, n
		s.build(c.Law.over(n), n, everyRank(n), wholeSlope, nil, nil)
		s.tabulate()
	}
	if len(s.steps) == 0 { // no rank is likely enough for a number to hold
		return nil
	}
	if c.Distinct {
		s = c.left.copy(s)
		s.seen = c.drawnAt(&c.scrambling)
	}
	work, known := float64(c.work()), !c.Scramble
	tried, next, had := 0, firstTries, len(c.got)
	for len(c.got) < want {
		left, got := want-len(c.got), len(c.got)-had
		if c.Distinct {
			if tried++; !c.try(s, &c.scrambling, true) {
				return nil // all ranks have been drawn
			}
		} else {
			tried += c.tryMany(s, want, min(firstTries, 1+left*(tried+1)/(got+1)))
		}
		if tried < next {
			continue
		}
		next = tried + firstTries
		got = len(c.got) - had
		lost := float64(tried - got)
		switch {
		case len(c.got) == want:
		case lost > work || lost*float64(want-len(c.got))/float64(got+1) > work:
			if c.Quick && work > fewDraws {
				return ErrLong
			}
			if known {
				return nil
			}
			work, known = work+8*float64(c.of.Count(c.r)), true
		case c.Quick && tried > fewDraws:
			return ErrLong
		case tried%someTries < firstTries && !c.of.asks():
			return nil
		}
	}
	return nil
}

// tryMany is try with test, n times: to look at many IDs at once takes little longer
// than at one. It returns n.
func (c *drawing) tryMany(s *stairs, want, n int) int {
	var ids [firstTries]uint64
	kept := ids[:0]
	for range n {
		if rank, i := s.pick(&c.src); s.keeps(&c.src, i, rank, s.table[i].sure) {
			kept = append(kept, c.scrambling.id(rank))
		}
	}
	for is := c.of.hasEach(kept); is != 0 && len(c.got) < want; is &= is - 1 {
		c.add(kept[bits.TrailingZeros64(is)])
	}
	return n
}

// add appends a draw.
func (c *drawing) add(id uint64) {
	one := Drawn(id << 1)
	if c.of.filter == Set {
		one |= 1
	}
	c.got = append(c.got, one)
}

// drawnAt tells which ranks have been drawn.
func (c *drawing) drawnAt(p *placing) func(rank uint64) bool {
	return func(rank uint64) bool {
		_, is := c.seen[p.id(rank)]
		return is
	}
}

// work is how many tries take as long as to count the class. Where ranks are scrambled
// each of its IDs is looked at then; how many these are takes as long as that.
func (c *drawing) work() uint64 {
	n := c.r.Len()
	ids := c.tracker.Count() // by which the words are known that have to be counted
	if m := c.of.mask; c.of.filter == Unset {
		switch {
		case m.only != nil:
			ids = m.only.Count()
		case m.except != nil:
			ids += m.except.Count()
		case c.tracker.isAll(c.r):
			ids = min(ids, n-min(ids, n))
		}
	}
	return 4*min(ids, n/wordIDs) + min(n/wordIDs, tallyCells)
}

const wordIDs = 64

// try draws one rank and appends its ID, unless it is not kept. With test, the ID has
// yet to be of the class.
func (c *drawing) try(s *stairs, p *placing, test bool) (ok bool) {
	var (
		rank, at uint64
		i        int
	)
	if c.Distinct {
		if i = s.pickLeft(&c.src); i < 0 {
			return false
		}
		rank, at, ok = s.pickRank(&c.src, &s.steps[i])
	} else {
		at, i = s.pick(&c.src)
		rank, ok = s.set.at(at)
	}
	if !ok {
		return false
	}
	if !s.keeps(&c.src, i, rank, s.steps[i].sure) {
		return true
	}
	id := p.id(rank)
	if test && !c.of.Has(id) {
		return true
	}
	if c.Distinct {
		c.seen[id] = struct{}{}
		s.drew(i, at)
	}
	c.add(id)
	return true
}

// count counts the class and draws from it alone. It reports whether that is all: there
// are as many as wanted, or the class has no more.
func (c *drawing) count(want int) (all bool) {
	shape, p := c.Law.over(c.r.Len()), &c.scrambling
	var set ranked
	if c.Scramble {
		if set = c.deal(); set == nil && !c.of.Stopped() {
			before := len(c.got)
			all = c.inPasses(shape, want)
			c.fallen += uint64(len(c.got) - before)
			return all
		}
	} else {
		places := &placing{first: c.r.Min}
		if p.turned > 0 {
			shape = turnedShape{shape, p}
		}
		cells := new(tally)
		cells.count(&c.of, c.r.Min, c.extent())
		set, p = cells, places
	}
	if c.of.Stopped() {
		return true
	}
	before := len(c.got)
	for range 2 {
		var gone []uint64
		var seen func(uint64) bool
		if c.Distinct {
			for id := range c.seen {
				gone = append(gone, p.rank(id))
			}
			slices.Sort(gone)
			seen = c.drawnAt(p)
		}
		s := &c.counted
		if s.build(shape, c.r.Len(), set, countedSlope, gone, seen); !c.Distinct && len(s.steps) > 0 {
			s.tabulate()
		}
		for failed, tried := 0, 0; len(c.got) < want && s.mass > 0; tried++ {
			if c.try(s, p, false) {
				failed = 0
			} else if failed++; failed == firstTries { // it has changed too much
				c.fallen += uint64(len(c.got) - before)
				return false
			}
			if tried%someTries == 0 && !c.of.asks() {
				return true
			}
		}
		if s.stale && len(c.got) < want {
			c.fallen += uint64(len(c.got) - before)
			return false
		}
		if len(c.got) == want || shape == (flat{}) {
			break
		}
		shape = flat{} // the law has nothing for what is left
	}
	c.fallen += uint64(len(c.got) - before)
	return true
}

// extent is the part of the range that may have IDs of the class.
func (c *drawing) extent() Range {
	r := c.r
	if c.of.filter == Set {
		first, ok := c.of.first(r.Min, r.Max)
		if !ok {
			return Range{r.Min, r.Min + 1}
		}
		last, _ := c.tracker.last(r)
		r = Range{first, max(last, first) + 1}
	}
	return r
}

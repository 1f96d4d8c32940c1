package tracker

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// Draws is which IDs somebody wants drawn.
type Draws struct {
	N        int
	Hit      float64 // the part of them that exist, 0 to 1
	Law      Law
	Scramble bool // the ranks of the law are scrambled over the range, always in the same way
	Distinct bool // no ID comes twice
	Seeded   bool // the draws are those of Seed: the same while the IDs are the same
	Seed     uint64
	Range    Range // what the law is about, if Ranged; else all IDs, see [Handle.Draw]
	Ranged   bool
	Mask     Mask

	// Quick draws give up with ErrLong when they turn out to take long.
	Quick bool
	// Client may go, and the draws end early; nil never does.
	Client Client
}

// Drawn is an ID that was drawn, and whether it exists.
type Drawn uint64

// ID returns the ID.
func (d Drawn) ID() uint64 { return uint64(d >> 1) }

// Exists tells whether it existed when it was drawn.
func (d Drawn) Exists() bool { return d&1 != 0 }

// Drawer keeps from draw to draw what the next may need, and how many of each class a
// client has had. It is for one goroutine; its zero value is ready.
type Drawer struct {
	src    generator
	shares shares

	whole      stairs // of all ranks, for law and ranks
	law        Law
	ranks      uint64
	left       stairs // of it, for draws without repetition
	counted    stairs
	seen       map[uint64]struct{}
	scrambling placing
}

// Draw appends IDs to dst as d says. Of N draws, those of the same Drawer, prefix and
// Hit before counted in, round(Hit*N) exist and the others do not: which of them is
// left to chance; Seeded draws count for themselves. Among those that exist, and among those that do not, each is drawn
// with the probability that the law gives it there; where the law gives it to none of
// them, all are alike. There are fewer than N only if a class has no ID (that has not
// been drawn, for Distinct).
//
// The range ends with the bound, or without one, for draws of existing IDs alone, with
// the largest ID that exists.
func (h Handle) Draw(dst []Drawn, d *Draws, by *Drawer) ([]Drawn, error) {
	t := h.found()
	if t == nil {
		t = h.caller.registry.none
	}
	part := &share{ratio: d.Hit}
	if !d.Seeded && d.Hit > 0 && d.Hit < 1 {
		part = by.shares.of(h.prefix, d.Hit)
	}
	hits := part.hitsOf(d.N)
	r, err := t.drawnFrom(d)
	if err != nil {
		return dst, err
	}
	by.src = generatorOf(d.Seed)
	if !d.Seeded {
		by.src = generatorOf(rand.Uint64())
	}
	drawn, counted := dst, uint64(0)
	if r.Len() > 0 {
		by.place(t, d, r)
		for _, class := range [2]struct {
			filter Filter
			n      int
		}{{Set, hits}, {Unset, d.N - hits}} {
			c := drawing{Drawer: by, Draws: d, tracker: t, of: t.Select(class.filter, d.Mask.For(d.Client)), r: r, n: class.n}
			if drawn, err = c.draw(drawn); err != nil {
				return dst, err
			}
			counted += c.fallen
		}
	}
	if hits > 0 && hits < d.N { // who draws of one class has them in the order of the draws
		shuffle(&by.src, drawn[len(dst):])
	}
	part.had(d.N, hits)
	if counted > 0 {
		t.extra().fallbacks.Add(counted)
		h.caller.tell(t, true)
	}
	return drawn, nil
}

// drawnFrom returns the range of draws.
func (t *Tracker) drawnFrom(d *Draws) (Range, error) {
	if d.Ranged {
		return t.Clip(d.Range), nil
	}
	r, err := t.Bounded()
	if err != nil && d.Hit == 1 {
		last, some := t.Last()
		if !some {
			return Range{}, nil
		}
		return Range{0, last + 1}, nil
	}
	return r, err
}

// place says which ID of r has which rank.
func (by *Drawer) place(t *Tracker, d *Draws, r Range) {
	p := &by.scrambling
	if n := r.Len(); d.Scramble && (!p.scrambled || p.order.n != n) {
		p.order = NewPermutation(n, 0)
	}
	p.first, p.turned, p.scrambled = r.Min, 0, d.Scramble
	if d.Law.kind == latest {
		if last, ok := t.last(r); ok {
			p.turned = last - r.Min + 1
		}
	}
}

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
	for recount := 0; err == nil && len(c.got) < want && recount < mostRecounts; recount++ {
		var all bool
		if all, err = c.count(want); all {
			break
		}
	}
	return c.got, err
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
	work := float64(c.work())
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
			return nil
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

// work is how many tries take as long as to count the class.
func (c *drawing) work() uint64 {
	n := c.r.Len()
	count := min(c.tracker.Count(), n)
	if c.of.filter == Unset && c.tracker.isAll(c.r) {
		count = n - count
	} else if c.of.filter == Unset {
		count = n
	}
	each := uint64(4)
	if c.Scramble {
		each, n = 8, n*wordIDs
	}
	return each*min(count, n/wordIDs) + min(n/wordIDs, tallyCells)
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
	if test && !c.of.has(id) {
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
func (c *drawing) count(want int) (all bool, err error) {
	shape, p := c.Law.over(c.r.Len()), &c.scrambling
	var set ranked
	if c.Scramble {
		set = sift(&c.of, p, c.r, nil)
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
		return true, nil
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
				return false, nil
			}
			if tried%someTries == 0 && !c.of.asks() {
				return true, nil
			}
		}
		if len(c.got) == want || shape == (flat{}) {
			break
		}
		shape = flat{} // the law has nothing for what is left
	}
	c.fallen += uint64(len(c.got) - before)
	return true, nil
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

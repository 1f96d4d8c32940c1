package tracker

import (
	"container/heap"
	"slices"
)

// Turn is how a NextCursor has ended.
type Turn uint8

const (
	// Unfinished: there is more to look at than was allowed.
	Unfinished Turn = iota
	// Handed: there are IDs.
	Handed
	// NotYet: there is nothing to hand out now, but pages are outstanding that may come back.
	NotYet
	// AtEnd: the pass has come to its end, or to its limit.
	AtEnd
)

// Page is what NextCursor hands out.
type Page struct {
	Tracker Reader
	Runs    []Run  // in the order of the pass
	Token   string // "" without a lease
	Turn    Turn
}

// NextCursor hands out up to n IDs of the shared cursor name, appended to dst as runs,
// with a lease if o says so. A page may have fewer IDs anywhere in a pass. Pages that
// have come back go first.
//
// On an event loop client is nil, and a call that would look at many IDs in vain ends Unfinished,
// having handed out nothing: it is to be repeated elsewhere. There client is asked between pieces
// of the work.
//
// Errors are [ErrNoCursor], [ErrNoMask], [ErrOutOfMemory] and [ErrCallerClosed]: nothing was
// handed out.
func (c *Caller) NextCursor(dst []Run, name string, n int, o *LeaseTerms, client Client) (Page, error) {
	s := c.registry.cursor(name)
	if s == nil {
		return Page{}, ErrNoCursor
	}
	page := Page{Tracker: s.hold.tracker, Runs: dst, Turn: Unfinished}
	effort := fewPositions
	switch {
	case client != nil:
		effort = manyPositions
		s.walkers.Add(1)
		defer s.walkers.Add(-1)
	case s.walkers.Load() > 0, s.order != nil && n > fewPositions:
		return page, nil
	}
	if o != nil {
		n = min(n, maxPage)
	}
	c.notes.Open()
	barren := s.fruitless()
	for {
		if err := s.next(&page, c, n, o, effort); err != nil || page.Turn != Unfinished || client == nil {
			return page, err
		}
		if s.fruitless() != barren { // a pass has ended meanwhile that found nothing
			page.Turn = AtEnd
			return page, nil
		}
		if client.Gone() {
			return page, nil
		}
	}
}

// manyPositions is how many are tried in one turn off the event loops.
const manyPositions = 1 << 14

// fruitless is how many passes have found nothing.
func (c *cursor) fruitless() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.barren
}

// search is what a turn looks through: a page that has come back, or what lies in front.
type search struct {
	era  uint64
	from *page // nil for what lies in front
	at   uint64
	n    int
	// What was found.
	ids   []Run
	found []Run  // the positions, kept for a lease alone
	next  uint64 // all positions before have been looked at
	left  int    // of the effort
}

// next has one turn, and looks at about effort positions.
func (c *cursor) next(page *Page, caller *Caller, n int, o *LeaseTerms, effort int) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	for effort > 0 {
		mask, err := caller.Mask(c.pass.Except, c.pass.Only)
		if err != nil {
			return err
		}
		s := search{n: n, ids: page.Runs[:0], left: effort}
		var in *group
		if page.Turn, in, err = c.begin(&s); err != nil || page.Turn != Unfinished {
			return err
		}
		sel := c.hold.tracker.Select(c.pass.Filter, mask)
		sel.turn = fewWords // looks in vain are a turn's work
		c.look(&s, &sel, o != nil)
		effort = s.left - 1
		if page.Runs = s.ids; len(s.ids) == 0 {
			c.inVain(&s)
			continue
		}
		if page.Turn, page.Token, err = c.hand(&s, caller, in, o); err != nil || page.Turn == Handed {
			return err
		}
		page.Runs = page.Runs[:0]
	}
	return nil
}

// begin says what is to be looked through, unless there is nothing. It begins the next
// pass of a cursor that loops.
func (c *cursor) begin(s *search) (Turn, *group, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hold.over() {
		return Unfinished, nil, ErrNoCursor
	}
	if limit := c.pass.Limit; limit > 0 {
		left := limit - min(c.final+c.outstanding, limit)
		if left == 0 {
			return c.rest(), nil, nil
		}
		s.n = int(min(uint64(s.n), left))
	}
	s.era = c.era
	if len(c.back) > 0 {
		s.from = c.back[0]
		return Unfinished, c.leased, nil
	}
	if c.at == c.pass.Range.Len() {
		switch {
		case c.outstanding > 0 || !c.pass.Loop:
			return c.rest(), nil, nil
		case !c.some:
			c.at = 0
			c.barren++
			return AtEnd, nil, nil
		}
		c.at, c.some = 0, false
		c.loops++
	}
	s.at = c.at
	return Unfinished, c.leased, nil
}

// rest is what to say when there is nothing to hand out. mu is held.
func (c *cursor) rest() Turn {
	if c.outstanding > 0 {
		return NotYet
	}
	return AtEnd
}

// look looks for up to n IDs that sel wants. Who has the turn calls it.
func (c *cursor) look(s *search, sel *Selection, leased bool) {
	switch {
	case s.from != nil:
		c.lookAgain(s, sel, leased)
	case c.order != nil:
		all := c.pass.Range.Len()
		for s.next = s.at; s.next < all && s.n > 0 && s.left > 0; s.next++ {
			s.try(c, sel, s.next, leased)
		}
	default:
		c.lookAhead(s, sel, leased)
	}
}

// try looks at the ID of a position.
func (s *search) try(c *cursor, sel *Selection, at uint64, leased bool) {
	s.left--
	id := c.id(at)
	if !sel.Has(id) {
		return
	}
	s.n--
	s.ids = appendID(s.ids, id)
	if leased {
		s.found = appendID(s.found, at)
	}
}

// appendID appends id to a list in any order.
func appendID(runs []Run, id uint64) []Run {
	if last := len(runs) - 1; last >= 0 && runs[last].Start+runs[last].Len == id {
		runs[last].Len++
		return runs
	}
	return append(runs, Run{Start: id, Len: 1})
}

// lookAgain looks at what is left of a page that has come back.
func (c *cursor) lookAgain(s *search, sel *Selection, leased bool) {
	for _, r := range s.from.left {
		for s.next = r.Start; s.next < r.Start+r.Len; s.next++ {
			if s.n == 0 || s.left <= 0 {
				return
			}
			s.try(c, sel, s.next, leased)
		}
	}
	s.next = c.pass.Range.Len()
}

// lookAhead looks for the next IDs in ascending order, a word of them at a time.
func (c *cursor) lookAhead(s *search, sel *Selection, leased bool) {
	r := c.pass.Range
	from := r.Min + s.at
	for s.n > 0 && s.left > 0 && from < r.Max && !sel.stopped {
		had, began := max(len(s.ids)-1, 0), from                       // the last run may be joined
		s.ids, from = sel.append(s.ids, from, r.Max, min(s.n, s.left)) // a word has one at least
		for _, run := range s.ids[had:] {
			if first, end := max(run.Start, began), run.Start+run.Len; first < end {
				s.n -= int(end - first)
				s.left -= int((end-1)>>6-first>>6) + 1
			}
		}
	}
	if s.next = from - r.Min; sel.stopped {
		s.left = 0
	}
	if leased {
		s.found = make([]Run, len(s.ids))
		for i, run := range s.ids {
			s.found[i] = Run{Start: run.Start - r.Min, Len: run.Len}
		}
	}
}

// hand hands out what was found, in a page that is held if o says so. It is Unfinished if somebody has
// moved the cursor meanwhile.
func (c *cursor) hand(s *search, caller *Caller, in *group, o *LeaseTerms) (Turn, string, error) {
	if o == nil {
		return c.commit(s, nil), "", nil
	}
	p := newPage(c, in, *o)
	p.left = slices.Clone(s.found)
	if err := p.pay(false); err != nil {
		return Unfinished, "", err
	}
	var owner *group
	if o.OnClose {
		owner = &caller.held
	}
	reg, t := c.registry, c.hold.tracker
	err := reg.holds.open(p.hold, owner, func() bool { return reg.Get(t.Prefix()) == t })
	if err == nil {
		if turn := c.commit(s, p); turn == Handed {
			return turn, p.hold.token, nil
		}
		reg.holds.drop(p.hold)
	}
	c.refund(p.paid)
	if err == ErrNoPrefix || err == ErrNoCursor { // the next look says so, or where the cursor was moved to
		err = nil
	}
	return Unfinished, "", err
}

// commit hands out what was found, unless the cursor was moved or has ended.
func (c *cursor) commit(s *search, p *page) Turn {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.era != s.era || c.hold.over() {
		return Unfinished
	}
	c.some = true
	say := make([]element, 0, 3)
	say = append(say, sayState)
	if s.from != nil {
		say = append(say, sayCut(s.from.no, s.next))
	}
	c.behind(s)
	if n := Total(s.ids); p == nil {
		c.final += n
	} else {
		c.outstanding += n
		c.take(p)
		say = append(say, sayPage(p))
	}
	c.record(say...)
	if p != nil && p.hold.over() { // it may have been too short, and who has it lapse has found no page
		p.comeBack()
	}
	return Handed
}

// inVain notes that what was looked through has nothing.
func (c *cursor) inVain(s *search) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.era == s.era && !c.gone {
		c.behind(s)
	}
}

// behind puts what was looked through behind. mu is held.
func (c *cursor) behind(s *search) {
	if s.from == nil {
		c.at = s.next
		return
	}
	had := Total(s.from.left)
	s.from.left = above(s.from.left, s.next)
	if c.returned -= had - Total(s.from.left); len(s.from.left) == 0 {
		heap.Remove(&c.back, s.from.at) // others may have come back meanwhile, before it
		c.drop(s.from)
	} else {
		heap.Fix(&c.back, s.from.at)
	}
}

// above returns what of a list lies at or above at.
func above(runs []Run, at uint64) []Run {
	for i, r := range runs {
		switch {
		case r.Start >= at:
			return runs[i:]
		case r.Start+r.Len > at:
			runs[i] = Run{Start: at, Len: r.Start + r.Len - at}
			return runs[i:]
		}
	}
	return nil
}

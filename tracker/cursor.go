package tracker

import (
	"container/heap"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// MaxCursorName is how long the name of a shared cursor may be.
const MaxCursorName = 512

// Pass says which IDs a shared cursor hands out, and in which order.
type Pass struct {
	Filter Filter
	Range  Range
	Random bool // in the order that Seed fixes, not ascending
	Seed   uint64
	Limit  uint64 // how many IDs it hands out at most, 0 for no end
	Loop   bool   // it begins again at its end
	// Except and Only are the prefixes of its mask, "" for none. They are looked up with
	// each page, by their names.
	Except, Only string
}

// cursor is a pass over a tracker that any number of workers share: a [kind] of hold whose
// token is its name, and which no time ends. A pass is a list of positions, from 0 to the length
// of its range, each of which is an ID: a position is in front of the cursor, or in a page, or
// behind it for good.
//
// Who has the turn, a NEXT, alone moves the position on and empties pages that have come
// back; it looks at IDs meanwhile, and so may be long. All else takes mu for a few
// steps and waits for nobody's turn.
type cursor struct {
	hold     hold
	name     string
	registry *Registry
	pass     Pass
	order    *Permutation // nil for ascending
	kept     bool         // it comes from the log
	walkers  atomic.Int64 // who is off the event loops for it
	turn     sync.Mutex

	mu          sync.Mutex
	at          uint64 // all positions before are in pages, or for good behind
	final       uint64 // IDs that were handed out without a lease, or are confirmed
	outstanding uint64 // in pages that are leased
	returned    uint64 // in pages that have come back
	loops       uint64 // passes that have ended
	barren      uint64 // of those that found nothing
	some        bool   // the pass at hand is not known to find nothing
	era         uint64 // how often somebody has moved the cursor: pages of before are none of it
	leased      *group // the pages of this era
	pages       []*page
	back        pages
	lastPage    uint64
	paid        int64 // for the pages
	gone        bool  // it has left
}

// cursorBytes is what a cursor costs without its name and its pages.
const cursorBytes = int64(unsafe.Sizeof(cursor{})+unsafe.Sizeof(Permutation{})) + 256

func newCursor(reg *Registry, t *Tracker, name string, p Pass) *cursor {
	c := &cursor{name: name, registry: reg, pass: p, leased: new(group)}
	c.hold = hold{kind: c, tracker: t, token: cursorToken(name), ttl: 1<<63 - 1}
	if p.Random {
		order := NewPermutation(p.Range.Len(), p.Seed)
		c.order = &order
	}
	return c
}

// cursorToken is what the table of held things knows a cursor by: no token that it makes
// is one.
func cursorToken(name string) string { return "\x00" + name }

// id is the ID at a position.
func (c *cursor) id(at uint64) uint64 {
	if c.order != nil {
		at = c.order.At(at)
	}
	return c.pass.Range.Min + at
}

// positionOf is the position of an ID.
func (c *cursor) positionOf(id uint64) (at uint64, ok bool) {
	if id < c.pass.Range.Min || id >= c.pass.Range.Max {
		return 0, false
	}
	if at = id - c.pass.Range.Min; c.order != nil {
		at = c.order.Of(at)
	}
	return at, true
}

// bytes is what the cursor itself is charged.
func (c *cursor) bytes() int64 {
	return cursorBytes + int64(2*len(c.name)+len(c.pass.Except)+len(c.pass.Only))
}

// errNameTaken: there is a cursor of that name, which has not ended.
var errNameTaken = errors.New("a cursor has the name")

// enter implements [kind]. The name is free, or its cursor has ended.
func (c *cursor) enter(h *hold) error {
	s, x := h.table, h.tracker.extra()
	if there := s.byToken[h.token]; there != nil {
		if !there.over() {
			return errNameTaken
		}
		s.remove(there)
	}
	if x.cursors == nil {
		x.cursors = new(group)
	}
	h.groups[ofOwner], h.groups[ofPart] = &c.registry.cursors, x.cursors
	if !c.kept {
		c.record(sayPass) // before anybody can find it
	}
	return nil
}

// leave implements [kind].
func (c *cursor) leave(h *hold) {
	c.mu.Lock()
	paid := c.bytes() + c.paid
	c.gone, c.pages, c.back, c.paid = true, nil, nil, 0
	h.table.end(c.leased)
	c.record(sayClosed)
	c.mu.Unlock()
	if books := h.tracker.books; books != nil {
		books.free(paid)
	}
}

// charge takes bytes for the cursor from the budget of its tracker.
func (c *cursor) charge(bytes int64, force bool) error {
	if books := c.hold.tracker.books; books != nil {
		return books.charge(bytes, force)
	}
	return nil
}

// refund gives back what charge took.
func (c *cursor) refund(bytes int64) {
	if books := c.hold.tracker.books; books != nil && bytes != 0 {
		books.free(bytes)
	}
}

// OpenCursor opens the shared cursor name over the tracker. One that is there over the same tracker
// with the same Pass is fine; with another one it is [ErrCursorOther]. Other errors are [ErrNoPrefix],
// [ErrInvalidCursorName], [ErrNoMask] and [ErrOutOfMemory].
func (h Handle) OpenCursor(name string, p Pass) error {
	t, reg := h.found(), h.caller.registry
	switch {
	case len(name) == 0 || len(name) > MaxCursorName:
		return ErrInvalidCursorName
	case t == nil:
		return ErrNoPrefix
	}
	p.Range = t.Clip(p.Range)
	p.Range.Min = min(p.Range.Min, p.Range.Max)
	p.Except, p.Only = strings.Clone(p.Except), strings.Clone(p.Only) // the caller's may be views
	if _, err := h.caller.Mask(p.Except, p.Only); err != nil {
		return err
	}
	for {
		if there := reg.cursor(name); there != nil {
			switch {
			case there.hold.tracker == t && there.pass == p:
				return nil
			case reg.Get(t.Prefix()) != t: // it has left meanwhile, and the cursor may be of another one
				return ErrNoPrefix
			}
			return ErrCursorOther
		}
		h.caller.notes.Open()
		c := newCursor(reg, t, strings.Clone(name), p)
		if err := c.charge(c.bytes(), false); err != nil {
			return err
		}
		err := reg.holds.open(&c.hold, nil, func() bool { return reg.Get(t.Prefix()) == t })
		if err == nil {
			return nil
		}
		if c.refund(c.bytes()); err != errNameTaken { // somebody has been faster
			return err
		}
	}
}

// CloseCursor ends the shared cursor name with all its pages, and reports whether it had not ended before.
func (c *Caller) CloseCursor(name string) bool {
	cursor := c.registry.cursor(name)
	if cursor == nil {
		return false
	}
	c.notes.Open()
	return c.registry.holds.close(cursor.hold.token, cursor) != nil
}

// SeekCursor has the shared cursor name go on at a position. The leases of its pages
// end: what was outstanding counts as handed out neither in the pass nor in its limit.
// Errors are [ErrNoCursor] and [ErrInvalidPosition].
func (c *Caller) SeekCursor(name string, at uint64) error {
	cursor := c.registry.cursor(name)
	if cursor == nil {
		return ErrNoCursor
	}
	c.notes.Open()
	ended, err := cursor.seek(at)
	if err == nil {
		c.registry.holds.endAll(ended)
	}
	return err
}

// seek is SeekCursor; the pages in ended are to be ended.
func (c *cursor) seek(at uint64) (ended *group, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.hold.over():
		return nil, ErrNoCursor
	case at > c.pass.Range.Len():
		return nil, ErrInvalidPosition
	}
	ended, c.leased = c.leased, new(group)
	c.at, c.some = at, at > 0 // what lies before is yet to be looked at, if it loops
	c.refund(c.paid)
	c.outstanding, c.returned, c.pages, c.back, c.paid = 0, 0, nil, nil, 0
	c.era++
	c.record(sayState, sayMoved)
	return ended, nil
}

// cursor returns the shared cursor name; nil for none.
func (r *Registry) cursor(name string) *cursor {
	if len(name) > MaxCursorName {
		return nil
	}
	s := &r.holds
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.byToken[cursorToken(name)]; h != nil && !h.over() {
		return h.kind.(*cursor)
	}
	return nil
}

// pages is a heap of pages that have come back, by their first positions.
type pages []*page

func (p pages) Len() int           { return len(p) }
func (p pages) Less(i, j int) bool { return p[i].left[0].Start < p[j].left[0].Start }
func (p pages) Swap(i, j int) {
	p[i], p[j] = p[j], p[i]
	p[i].at, p[j].at = i, j
}

func (p *pages) Push(x any) {
	page := x.(*page)
	page.at = len(*p)
	*p = append(*p, page)
}

func (p *pages) Pop() any {
	old := *p
	last := len(old) - 1
	x := old[last]
	old[last] = nil
	*p = old[:last]
	return x
}

// returns has page, whose positions are outstanding no more, come back. mu is held.
func (c *cursor) returns(p *page) {
	p.ended = true
	c.returned += Total(p.left)
	heap.Push(&c.back, p)
}

// take makes p a page of the cursor. mu is held.
func (c *cursor) take(p *page) {
	c.lastPage++
	p.no, p.era, p.place = c.lastPage, c.era, len(c.pages)
	c.pages = append(c.pages, p)
	c.paid += p.paid
}

// drop takes p, which is empty, out of the pages. mu is held.
func (c *cursor) drop(p *page) {
	last := len(c.pages) - 1
	c.pages[p.place] = c.pages[last]
	c.pages[p.place].place = p.place
	c.pages[last] = nil
	if c.pages = c.pages[:last]; last == 0 {
		c.pages, c.back = nil, nil // they may have been many
	}
	c.paid -= p.paid
	c.refund(p.paid)
	p.no = 0
}

// has tells whether p, whose hold may live, is a page of the cursor. mu is held.
func (c *cursor) has(p *page) bool { return p.no != 0 && p.era == c.era && !c.gone }

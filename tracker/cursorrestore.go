package tracker

import (
	"math"
	"time"
)

// keptCursor is a shared cursor as the log tells of it.
type keptCursor struct {
	pass     Pass
	at       uint64
	final    uint64
	loops    uint64
	some     bool
	lastPage uint64
	pages    map[uint64]*keptPage
}

// keptPage is a page of it.
type keptPage struct {
	came  bool
	token string
	terms LeaseTerms // TTL is what was left when it was said last
	left  []Run
}

// cursorNoted does what a note of a shared cursor says, behind its first byte. What is said of a cursor or a
// page that is not known is of one that has ended before a base was written.
func (in *restored) cursorNoted(r *noteReader) {
	name := r.string()
	c := in.cursors[name]
	for len(r.p) > 0 && !r.bad {
		switch kind := r.byte(); kind {
		case cursorPass:
			if c = readPass(r); !r.bad {
				if in.cursors == nil {
					in.cursors = make(map[string]*keptCursor)
				}
				in.cursors[name] = c
			}
		case cursorClosed:
			delete(in.cursors, name)
			c = nil
		default:
			if c == nil {
				c = new(keptCursor) // of no use to anybody
			}
			c.noted(kind, r)
		}
	}
}

func readPass(r *noteReader) *keptCursor {
	filter, flags := r.byte(), r.byte()
	p := Pass{
		Filter: Filter(filter), Range: Range{r.uint(), r.uint()}, Seed: r.uint(), Limit: r.uint(),
		Random: flags&passRandom != 0, Loop: flags&passLoop != 0, Except: r.string(), Only: r.string(),
	}
	if p.Filter > Unset || p.Range.Min > p.Range.Max || p.Range.Max > Limit {
		r.bad = true
	}
	return &keptCursor{pass: p, pages: make(map[uint64]*keptPage)}
}

// noted does what an element says.
func (c *keptCursor) noted(kind byte, r *noteReader) {
	switch kind {
	case cursorState:
		c.at, c.final, c.loops, c.some, c.lastPage = r.uint(), r.uint(), r.uint(), r.uint() != 0, r.uint()
		if c.pages != nil && c.at > c.pass.Range.Len() {
			r.bad = true
		}
	case cursorMoved:
		clear(c.pages)
	case cursorPage:
		no, p := r.uint(), r.page()
		if p != nil && c.pages != nil {
			c.pages[no] = p
			c.lastPage = max(c.lastPage, no)
		}
	case cursorCut:
		no, below := r.uint(), r.uint()
		c.leave(no, Run{Start: 0, Len: below})
	case cursorSettle:
		if no, runs := r.uint(), r.runs(Limit); len(runs) > 0 {
			c.leave(no, runs...)
		} else {
			c.leave(no, Run{Start: 0, Len: math.MaxUint64})
		}
	case cursorCame:
		if p := c.pages[r.uint()]; p != nil {
			p.came = true
		}
	case cursorRenew:
		if p, left := c.pages[r.uint()], r.uint(); p != nil {
			p.terms.TTL = time.Duration(left) * time.Millisecond
		}
	default:
		r.bad = true
	}
}

// page reads a page.
func (r *noteReader) page() *keptPage {
	flags, p := r.byte(), new(keptPage)
	p.token = r.string()
	p.terms.TTL = time.Duration(r.uint()) * time.Millisecond
	p.terms.OnClose, p.came = flags&pageOnClose != 0, flags&pageCame != 0
	if p.left = r.runs(Limit); r.bad {
		return nil
	}
	return p
}

// leave takes runs out of what is left of a page.
func (c *keptCursor) leave(no uint64, runs ...Run) {
	if p := c.pages[no]; p != nil {
		if _, p.left = split(p.left, runs); len(p.left) == 0 {
			delete(c.pages, no)
		}
	}
}

// keepCursors gives the tracker, which is in its registry, its shared cursors back. Leases go on with what
// they had left; what was to end with its Caller comes back at once.
func (in *restored) keepCursors(reg *Registry) error {
	for name, k := range in.cursors {
		c := newCursor(reg, in.t, name, k.pass)
		c.kept = true
		_ = c.charge(c.bytes(), true) // it cannot be refused
		c.at, c.final, c.loops, c.some, c.lastPage = k.at, k.final, k.loops, k.some, k.lastPage
		if err := reg.holds.open(&c.hold, nil, func() bool { return true }); err != nil {
			return err
		}
		for no, page := range k.pages {
			if err := c.keep(no, page); err != nil {
				return err
			}
		}
	}
	in.cursors = nil
	return nil
}

// keep gives the cursor a page back.
func (c *cursor) keep(no uint64, k *keptPage) error {
	p := newPage(c, c.leased, k.terms)
	p.left = k.left
	_ = p.pay(true) // it cannot be refused
	came := k.came || k.terms.OnClose
	c.mu.Lock()
	last := c.lastPage
	c.take(p)
	if p.no, c.lastPage = no, last; came {
		c.returns(p)
	} else {
		c.outstanding += Total(p.left)
	}
	c.mu.Unlock()
	if came {
		return nil
	}
	p.hold.token = k.token
	return c.registry.holds.open(p.hold, nil, func() bool { return true })
}

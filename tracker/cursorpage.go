package tracker

import (
	"time"
	"unsafe"

	"github.com/prefixtracker/prefixtracker/journal"
)

// page is IDs that a shared cursor has handed out and nobody has confirmed: the [kind] of
// its hold. They are positions of the pass, which are consecutive more often than IDs are. When the
// lease has ended, its page has come back: the cursor hands it out again before it goes on.
type page struct {
	cursor  *cursor
	group   *group
	hold    *hold // nil for one that came back before it was ever leased
	onClose bool

	// Guarded by cursor.mu. What is left of a page that has come back changes who has
	// the turn, too.
	no    uint64 // what the log calls it; 0 while it is no page of the cursor
	era   uint64
	place int // among the cursor's pages
	at    int // among those that have come back
	left  []Run
	ended bool
	paid  int64
}

// pageOverhead is what a page costs without its runs: the page, its hold, its
// token, and its places.
const pageOverhead = int64(unsafe.Sizeof(page{})+unsafe.Sizeof(hold{})) + 160

// maxPage is how many IDs a page has at most: what is said of it is one note in the log.
const maxPage = 1 << 16

func newPage(c *cursor, in *group, o LeaseTerms) *page {
	p := &page{cursor: c, group: in, onClose: o.OnClose}
	p.hold = &hold{kind: p, tracker: c.hold.tracker, ttl: o.TTL}
	return p
}

func (p *page) bytes() int64 {
	return pageOverhead + runBytes*int64(cap(p.left))
}

// enter implements [kind].
func (p *page) enter(h *hold) error {
	if p.group.over() {
		return ErrNoCursor
	}
	h.groups[ofPart] = p.group
	return nil
}

// leave implements [kind].
func (p *page) leave(*hold) {}

// settle implements [leased].
func (p *page) settle(h *hold, _ *journal.Batch, ids []uint64, confirm bool) (settled uint64, err error) {
	if ids == nil {
		settled, err = p.settleSome(h, nil, true, confirm)
	} else {
		positions := make([]Run, 0, len(ids))
		for _, id := range ids {
			if at, ok := p.cursor.positionOf(id); ok {
				positions = append(positions, Run{Start: at, Len: 1})
			}
		}
		settled, err = p.settleSome(h, joined(positions), false, confirm)
	}
	if h.ended.Load() {
		h.table.drop(h)
	}
	return settled, err
}

// settleSome settles those of wanted, or all, that are left of the page, and ends the
// hold with the last.
func (p *page) settleSome(h *hold, wanted []Run, all, confirm bool) (settled uint64, err error) {
	c := p.cursor
	c.mu.Lock()
	defer c.mu.Unlock()
	if h.over() {
		p.comeBack()
	}
	if p.ended || !c.has(p) {
		return 0, ErrNoLease
	}
	piece, rest := p.left, []Run(nil)
	if !all {
		piece, rest = split(p.left, wanted)
	}
	if len(piece) == 0 {
		return 0, nil
	}
	settled = Total(piece)
	if c.outstanding -= settled; confirm {
		c.final += settled
	}
	if len(rest) > 0 {
		p.left = rest
		p.pay(true)
		if confirm {
			c.record(sayState, saySettled(p.no, piece))
			return settled, nil
		}
		came := &page{cursor: c, left: piece}
		came.pay(true)
		c.take(came)
		c.returns(came)
		c.record(saySettled(p.no, piece), sayPage(came))
		return settled, nil
	}
	h.end()
	if confirm {
		no := p.no
		c.drop(p)
		c.record(sayState, saySettled(no, nil))
	} else {
		c.returns(p)
		c.record(sayCameBack(p))
	}
	return settled, nil
}

// renew implements [leased].
func (p *page) renew(h *hold, ttl time.Duration) error {
	renewed := h.table.renewTo(h, ttl)
	c := p.cursor
	c.mu.Lock()
	defer c.mu.Unlock()
	if !renewed {
		p.comeBack()
	}
	if p.ended || !c.has(p) {
		return ErrNoLease
	}
	c.record(sayRenewed(p))
	return nil
}

// lapse implements [leased].
func (p *page) lapse(*hold) {
	c := p.cursor
	c.mu.Lock()
	defer c.mu.Unlock()
	p.comeBack()
}

// comeBack has the page, whose lease has ended, come back. It is said in the log before
// anybody is told that it has ended. mu of the cursor is held.
func (p *page) comeBack() {
	c := p.cursor
	if p.ended || !c.has(p) {
		return
	}
	p.hold.countExpired()
	c.outstanding -= Total(p.left)
	c.returns(p)
	c.record(sayCameBack(p))
}

// long implements [leased]: the page as a whole is one thing.
func (p *page) long(ids int) bool { return ids > 0 }

// shows implements [leased].
func (p *page) shows() bool { return false }

// pay charges the budget for what the page keeps now, if that is more than before.
func (p *page) pay(force bool) error {
	more := p.bytes() - p.paid
	if more <= 0 {
		return nil
	}
	if err := p.cursor.charge(more, force); err != nil {
		return err
	}
	p.paid += more
	if p.no != 0 {
		p.cursor.paid += more
	}
	return nil
}

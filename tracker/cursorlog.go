package tracker

import (
	"encoding/binary"
	"iter"

	"github.com/prefixtracker/prefixtracker/journal"
)

// What the log says of shared cursors: notes of the kind noteCursor, each of which has the name of
// a cursor and elements. They name positions and pages, and what becomes of these: to apply one again, or to
// a state that is newer, and then all that come behind it, leads to the same (J7). Of each position the
// last element that names it has the truth, or the base if there is none.
const noteCursor = 'C'

const (
	cursorPass   = 'o' // what it was opened with: it is at its beginning, without pages
	cursorState  = 's' // position, final, loops, some, last page
	cursorPage   = 'p' // page, flags, token, ms left, runs: the page has these left
	cursorCut    = 'c' // page, position: nothing below it is left
	cursorSettle = 'x' // page, runs: they are not left; none for all
	cursorCame   = 'e' // page: it has come back
	cursorRenew  = 'r' // page, ms left
	cursorMoved  = 'k' // all pages have ended
	cursorClosed = 'z' // the cursor has
)

const (
	passRandom = 1 << iota
	passLoop
)

const (
	pageCame = 1 << iota
	pageOnClose
)

// element appends one.
type element func(c *cursor, dst []byte) []byte

// record says elements of the cursor in the log, in one note, with what they say being so, and mu
// held, or before anybody can find the cursor.
func (c *cursor) record(elements ...element) {
	if c.registry.log != nil {
		c.registry.log.Record((*journaled)(c.hold.tracker), func(dst []byte) []byte { return c.note(dst, elements...) })
	}
}

func (c *cursor) note(dst []byte, elements ...element) []byte {
	dst = appendString(append(dst, noteCursor), c.name)
	for _, say := range elements {
		dst = say(c, dst)
	}
	return dst
}

func sayPass(c *cursor, dst []byte) []byte {
	p, flags := c.pass, byte(0)
	if p.Random {
		flags |= passRandom
	}
	if p.Loop {
		flags |= passLoop
	}
	dst = append(dst, cursorPass, byte(p.Filter), flags)
	for _, n := range []uint64{p.Range.Min, p.Range.Max, p.Seed, p.Limit} {
		dst = binary.AppendUvarint(dst, n)
	}
	return appendString(appendString(dst, p.Except), p.Only)
}

func sayState(c *cursor, dst []byte) []byte {
	some := uint64(0)
	if c.some {
		some = 1
	}
	dst = append(dst, cursorState)
	for _, n := range []uint64{c.at, c.final, c.loops, some, c.lastPage} {
		dst = binary.AppendUvarint(dst, n)
	}
	return dst
}

func sayPage(p *page) element {
	return func(_ *cursor, dst []byte) []byte {
		var token string
		var left uint64
		flags := byte(0)
		if p.ended {
			flags |= pageCame
		} else {
			token, left = p.hold.token, p.hold.left()
		}
		if p.onClose {
			flags |= pageOnClose
		}
		dst = append(binary.AppendUvarint(append(dst, cursorPage), p.no), flags)
		return appendRuns(binary.AppendUvarint(appendString(dst, token), left), p.left)
	}
}

func sayCut(no, below uint64) element {
	return func(_ *cursor, dst []byte) []byte {
		return binary.AppendUvarint(binary.AppendUvarint(append(dst, cursorCut), no), below)
	}
}

func saySettled(no uint64, runs []Run) element {
	return func(_ *cursor, dst []byte) []byte {
		return appendRuns(binary.AppendUvarint(append(dst, cursorSettle), no), runs)
	}
}

func sayCameBack(p *page) element {
	return func(_ *cursor, dst []byte) []byte { return binary.AppendUvarint(append(dst, cursorCame), p.no) }
}

func sayRenewed(p *page) element {
	return func(_ *cursor, dst []byte) []byte {
		return binary.AppendUvarint(binary.AppendUvarint(append(dst, cursorRenew), p.no), p.hold.left())
	}
}

func sayMoved(_ *cursor, dst []byte) []byte { return append(dst, cursorMoved) }

func sayClosed(_ *cursor, dst []byte) []byte { return append(dst, cursorClosed) }

// cursorNotes are what the log has to know of the shared cursors of t as they are. Each note is
// valid until the next one.
func (r *Registry) cursorNotes(t *Tracker, yield func(journal.Note) bool) bool {
	var note []byte
	for c := range r.cursorsOf(t) {
		var all []*page
		c.mu.Lock()
		note = c.note(note[:0], sayPass, sayState)
		at := len(c.pages)
		c.mu.Unlock()
		if !yield(note) {
			return false
		}
		// Downwards: when a page leaves, the last one gets its place, so none is passed over.
		for at > 0 {
			c.mu.Lock()
			at = min(at, len(c.pages))
			from := max(at-notedPages, 0)
			all = append(all[:0], c.pages[from:at]...)
			c.mu.Unlock()
			for at = from; len(all) > 0; all = all[1:] {
				if note = c.pageNote(note[:0], all[0]); len(note) > 0 && !yield(note) {
					return false
				}
			}
		}
	}
	return true
}

// notedPages is how many pages are looked at in one hold of the cursor's mutex.
const notedPages = 64

// pageNote is a note of p, if it still is a page.
func (c *cursor) pageNote(dst []byte, p *page) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.has(p) {
		return dst
	}
	return c.note(dst, sayPage(p))
}

// cursorsOf goes through the shared cursors of t, see [holds.members].
func (r *Registry) cursorsOf(t *Tracker) iter.Seq[*cursor] {
	return func(yield func(*cursor) bool) {
		for h := range r.holds.members(func() *group { return r.cursorGroup(t) }) {
			if c := h.kind.(*cursor); !yield(c) {
				return
			}
		}
	}
}

package bitmap

import (
	"runtime"
	"slices"
	"sync/atomic"
)

// Summaries are a 64-way tree of skip bits above the words. doc.go has the
// argument; the functions here are its actors: a word change that crosses a
// boundary runs between announce and release, reveal clears skip bits from the
// word up, exhaust sets them.

// wholeGroup in a slot says that all words of the group are concerned.
const wholeGroup = 1 << 63

// announce records that the caller is about to touch the skip bits on the path
// of the word wi (B4), or with scope wholeGroup on the paths of all words of
// its group, and returns a ticket for release.
func (x *wide) announce(wi, scope uint64) int {
	first := int(stripeOf(wi))
	yield()
	for i := range stripeCount {
		k := (first + i) % stripeCount
		s := &x.stripes[k].slot
		if s.Load() != 0 {
			continue
		}
		yield()
		if s.CompareAndSwap(0, wi+1|scope) {
			return k
		}
	}
	x.overflow.Add(1)
	return -1
}

func (x *wide) release(ticket int) {
	if ticket < 0 {
		x.overflow.Add(-1)
		return
	}
	x.stripes[ticket].slot.Store(0)
}

// path is the chain of structures that hold the skip bits of one word.
type path struct {
	word   *atomic.Uint64
	chunk  *chunk
	nodes  [treeCount]*node
	wi     uint64
	levels int
}

// pathTo returns the path of the word w with index wi >= groupWords. All of it
// exists since before w could be found, and never changes (B1).
func (r *root) pathTo(w *atomic.Uint64, wi uint64) path {
	ci := wi / chunkWords
	if ci == 0 {
		return path{word: w, chunk: r.low.Load(), wi: wi, levels: 2}
	}
	p := path{word: w, wi: wi}
	h := treeOf(ci)
	p.levels = 3 + h
	n := r.trees[h].Load()
	for l := h; ; l-- {
		p.nodes[l] = n
		if l == 0 {
			break
		}
		n = n.kids[ci>>(6*l)&63].Load()
	}
	p.chunk = n.chunks[ci&63].Load()
	return p
}

// skip returns the summary word at a level (0: a bit per word, 1: per group,
// 2: per chunk, and so on) that holds this path's bit.
func (p *path) skip(pol polarity, level int) *atomic.Uint64 {
	switch level {
	case 0:
		return &p.chunk.skip[pol].words[p.wi/groupWords&63]
	case 1:
		return &p.chunk.skip[pol].groups
	default:
		return &p.nodes[level-2].skip[pol]
	}
}

func (p *path) bit(level int) uint64 { return 1 << (p.wi >> (6 * level) & 63) }

// below tells whether the child under this path's skip bit at level is
// exhausted: the word itself, or the summary word one level down.
func (p *path) below(pol polarity, level int) bool {
	if level == 0 {
		return p.word.Load() == pol.exhausted()
	}
	return p.skip(pol, level-1).Load() == full
}

// reveal clears the path's skip bits from level up, looking at every level.
func (p *path) reveal(pol polarity, level int) {
	for ; level < p.levels; level++ {
		s, bit := p.skip(pol, level), p.bit(level)
		yield()
		if s.Load()&bit != 0 {
			s.And(^bit) // B3: hides nothing
		}
	}
}

// exhaust sets the path's skip bits from level up as long as what is below
// is exhausted, and looks again after each: a child that came back to life
// meanwhile is revealed at every level.
func (p *path) exhaust(pol polarity, level int) {
	for ; level < p.levels; level++ {
		if !p.below(pol, level) {
			return
		}
		s, bit := p.skip(pol, level), p.bit(level)
		yield()
		if s.Load()&bit == 0 {
			s.Or(bit) // B3: the child was exhausted after the announcement
		}
		yield()
		if !p.below(pol, level) {
			p.reveal(pol, level)
			return
		}
	}
}

// swap changes the word w (index wi) from old to new if it still is old, and
// keeps the summaries. The compare-and-swap is the linearization point of
// every single-word change. (The hottest paths have its two lines in place:
// it is too large to be inlined, and the call shows.)
func (r *root) swap(w *atomic.Uint64, wi, old, new uint64) bool {
	if crosses(old, new) {
		return r.swapAcross(w, wi, old, new)
	}
	return w.CompareAndSwap(old, new)
}

func (r *root) swapAcross(w *atomic.Uint64, wi, old, new uint64) bool {
	if wi < groupWords { // the head has no summaries
		return w.CompareAndSwap(old, new)
	}
	x := r.wide.Load()
	ticket := x.announce(wi, 0) // before the word changes (B4)
	yield()
	ok := w.CompareAndSwap(old, new)
	if ok {
		p := r.pathTo(w, wi)
		if old == 0 {
			p.reveal(empties, 0)
		} else if old == full {
			p.reveal(fulls, 0)
		}
		if new == 0 {
			p.exhaust(empties, 0)
		} else if new == full {
			p.exhaust(fulls, 0)
		}
	}
	x.release(ticket)
	return ok
}

// settle sets skip bits that a race left clear over an exhausted word, for the
// finder that noticed.
func (r *root) settle(pol polarity, w *atomic.Uint64, wi uint64) {
	if wi < groupWords {
		return
	}
	x := r.wide.Load()
	ticket := x.announce(wi, 0)
	p := r.pathTo(w, wi)
	p.exhaust(pol, 0)
	x.release(ticket)
}

// suspects is the set of words whose summaries somebody was at work on. A
// finder looks at them, and at all on the way to them, whatever the skip bits
// say.
type suspects struct {
	all   bool
	n     int
	slots [maxSuspects]uint64
}

// maxSuspects is more than are ever seen in practice; beyond it everybody is
// suspect.
const maxSuspects = 2 * stripeCount

// collect reads the announcements once for each level that a skip bit can
// have: a stale bit one level up can outlive the announcement that caused it
// by one reading, and no more (doc.go, "Nothing left").
func (s *suspects) collect(r *root) {
	x := r.wide.Load()
	if x == nil {
		return
	}
	for range r.levels() {
		for i := range x.stripes {
			pause()
			if v := x.stripes[i].slot.Load(); v != 0 {
				s.note(v)
			}
		}
		pause()
		if x.overflow.Load() != 0 {
			s.all = true
		}
	}
}

// collectCalm collects until not everybody is suspect, a few times: looking at
// every word of a large bitmap costs milliseconds, and whoever overflowed the
// slots is gone after some nanoseconds, unless it lost its processor.
func (s *suspects) collectCalm(r *root) {
	for range 8 {
		*s = suspects{}
		if s.collect(r); !s.all {
			return
		}
		runtime.Gosched()
	}
}

func (s *suspects) note(slot uint64) {
	switch {
	case slices.Contains(s.slots[:s.n], slot):
	case s.n == maxSuspects:
		s.all = true
	default:
		s.slots[s.n] = slot
		s.n++
	}
}

// levels is the number of levels of skip bits in this generation so far.
func (r *root) levels() int {
	for h := treeCount - 1; h >= 0; h-- {
		if r.trees[h].Load() != nil {
			return 3 + h
		}
	}
	return 2
}

// under returns the suspect children, as skip-word bits, of the structure at
// level whose index there is prefix. A nil set suspects nobody.
func (s *suspects) under(level int, prefix uint64) uint64 {
	if s == nil || s.n == 0 && !s.all {
		return 0
	}
	if s.all {
		return full
	}
	var m uint64
	for _, slot := range s.slots[:s.n] {
		wi := slot&^wholeGroup - 1
		if wi>>(6*level+6) != prefix {
			continue
		}
		if level == 0 && slot&wholeGroup != 0 {
			return full
		}
		m |= 1 << (wi >> (6 * level) & 63)
	}
	return m
}

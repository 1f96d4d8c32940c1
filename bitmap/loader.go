package bitmap

import (
	"encoding/binary"
	"sync/atomic"
	"unsafe"
)

// Loader puts words into a Bitmap that nobody else uses yet. They are stored
// without a look at counts and skip bits; Done makes those, and the Bitmap may
// be used from then on. It takes the memory it needs whatever the backing's
// limit says.
type Loader struct {
	b     *Bitmap
	words []atomic.Uint64 // where the last word was: mostly the next one is, too
	base  uint64          // the index of words[0]
}

// Loader returns a Loader of b, which has had no change yet.
func (b *Bitmap) Loader() *Loader { return &Loader{b: b} }

// at returns the words from wi on that lie in one piece, which has memory then.
func (l *Loader) at(wi uint64) []atomic.Uint64 {
	if wi-l.base >= uint64(len(l.words)) {
		r, _ := l.b.home(wi << 6)
		l.base, l.words = r.piece(wi)
	}
	return l.words[wi-l.base:]
}

// Put makes the word wi, which must be below [Words], v.
func (l *Loader) Put(wi, v uint64) {
	if v == 0 {
		l.Fill(wi, 1, 0)
		return
	}
	// Words at random are not in the cache: nothing else near this one is touched, and
	// an atomic store is an exchange, which would wait for it.
	_, w := l.b.home(wi << 6)
	*(*uint64)(unsafe.Pointer(w)) = v
}

// PutAll is Put for the words from wi on, 8 bytes each, the lowest first.
func (l *Loader) PutAll(wi uint64, p []byte) {
	for len(p) >= 8 {
		words := l.at(wi)
		n := min(len(words), len(p)/8)
		for i := range n {
			words[i].Store(binary.LittleEndian.Uint64(p[8*i:]))
		}
		p, wi = p[8*n:], wi+uint64(n)
	}
}

// PutWords is Put for the words from wi on.
func (l *Loader) PutWords(wi uint64, words []uint64) {
	for len(words) > 0 {
		to := l.at(wi)
		n := min(len(to), len(words))
		for i, v := range words[:n] {
			to[i].Store(v)
		}
		words, wi = words[n:], wi+uint64(n)
	}
}

// Fill is Put of v for n words from wi on. Zeros cost what there is in memory.
func (l *Loader) Fill(wi, n, v uint64) {
	if v == 0 {
		l.b.Spans(wi, n, func(_ uint64, words []atomic.Uint64) bool {
			for i := range words {
				words[i].Store(0)
			}
			return true
		})
		return
	}
	for n > 0 {
		words := l.at(wi)
		words = words[:minID(uint64(len(words)), n)]
		for i := range words {
			words[i].Store(v)
		}
		wi, n = wi+uint64(len(words)), n-uint64(len(words))
	}
}

// Clear takes all IDs out.
func (l *Loader) Clear() {
	l.b.ClearAll()
	l.words, l.base = nil, 0
}

// Done makes counts and skip bits what they are of the words (B3, B5).
func (l *Loader) Done() {
	r := l.b.root.Load()
	if r == nil {
		return
	}
	if g := r.head.Load(); g != nil {
		n, _, _ := g.tally()
		r.headCount.Store(int64(n))
	}
	x := r.wide.Load()
	if x == nil {
		return
	}
	var counts [stripeCount]int64
	if c := r.low.Load(); c != nil {
		c.mend(0, 1, &counts)
	}
	for h := range treeCount {
		if n := r.trees[h].Load(); n != nil {
			n.mend(h, 0, &counts)
		}
	}
	for i, n := range counts {
		x.stripes[i].count.Store(n)
	}
}

// tally returns how many IDs the group has, and which of its words are
// exhausted, for each polarity.
func (g *group) tally() (n int, fullWords, emptyWords uint64) {
	for i := range g {
		switch v := g[i].Load(); v {
		case 0:
			emptyWords |= 1 << i
		case full:
			fullWords |= 1 << i
			n += wordIDs
		default:
			n += popcount(v)
		}
	}
	return n, fullWords, emptyWords
}

// mend makes the skip bits of chunk ci, whose groups begin with the one
// numbered from, and adds its IDs to counts.
func (c *chunk) mend(ci uint64, from uint64, counts *[stripeCount]int64) {
	skip := [2]uint64{c.skip[fulls].groups.Load() & (1<<from - 1), full}
	for i := from; i < fanOut; i++ {
		g := c.group(i)
		if g == nil {
			continue
		}
		n, fullWords, emptyWords := g.tally()
		counts[stripeOf(ci*chunkWords+i*groupWords)] += int64(n)
		for pol, words := range [2]uint64{fullWords, emptyWords} {
			c.skip[pol].words[i].Store(words)
			if words == full {
				skip[pol] |= 1 << i
			} else {
				skip[pol] &^= 1 << i
			}
		}
	}
	c.skip[fulls].groups.Store(skip[fulls])
	c.skip[empties].groups.Store(skip[empties])
}

// mend is that of all chunks under a node.
func (n *node) mend(level int, prefix uint64, counts *[stripeCount]int64) {
	for k := range uint64(fanOut) {
		child := prefix<<6 | k
		var exhausted [2]bool
		if level == 0 {
			c := n.chunks[k].Load()
			if c == nil {
				continue
			}
			c.mend(child, 0, counts)
			exhausted = [2]bool{c.skip[fulls].groups.Load() == full, c.skip[empties].groups.Load() == full}
		} else {
			kid := n.kids[k].Load()
			if kid == nil {
				continue
			}
			kid.mend(level-1, child, counts)
			exhausted = [2]bool{kid.skip[fulls].Load() == full, kid.skip[empties].Load() == full}
		}
		for pol, is := range exhausted {
			if is {
				n.skip[pol].Or(1 << k)
			} else {
				n.skip[pol].And(^(uint64(1) << k))
			}
		}
	}
}

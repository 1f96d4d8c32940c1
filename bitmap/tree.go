package bitmap

import (
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// The ID space as memory. Each ID's magnitude says where it lives:
//
//	          0 <= id < 2^12          head: one group of 64 words
//	       2^12 <= id < 2^18          low:  the rest of chunk 0, group by group
//	2^(18+6h) <= id < 2^(24+6h)       trees[h], h = 0..4: h+1 levels of nodes
//	                                  above chunks of 2^18 IDs
//
// so a structure is created once, at its final place and size, and never
// moves, grows or is copied (B1).

const (
	wordIDs    = 64
	groupWords = 64
	groupIDs   = groupWords * wordIDs
	chunkWords = 64 * groupWords
	chunkIDs   = chunkWords * wordIDs
	fanOut     = 64
	treeCount  = 5
	maxLevels  = 2 + treeCount
)

// polarity selects one of the two kinds of summary.
type polarity int

const (
	// fulls skip what has no free ID.
	fulls polarity = iota
	// empties skip what has no set ID.
	empties
	// everything is for iterators over all IDs, which look at no bit.
	everything
)

// exhausted is the state of a word that has nothing for a finder of this
// polarity. A summary word is exhausted when all its bits are set.
func (p polarity) exhausted() uint64 {
	if p == fulls {
		return full
	}
	return 0
}

// wanted returns the bits of w that a finder of this polarity looks for.
func (p polarity) wanted(w uint64) uint64 { return w ^ p.exhausted() }

type group [groupWords]atomic.Uint64

// summary holds a skip bit per word (words) and per group (groups) of a chunk.
type summary struct {
	words  [groupWords]atomic.Uint64
	groups atomic.Uint64
}

// chunk is 2^18 IDs. Chunk 0 has its groups allocated one at a time, because
// most of a million small trackers never leave it; group 0 of chunk 0 is the
// root's head and not here.
type chunk struct {
	words *[chunkWords]atomic.Uint64
	low   *[fanOut]atomic.Pointer[group]
	skip  [2]summary
}

// group returns the words of group g, or nil where chunk 0 has none yet.
func (c *chunk) group(g uint64) *group {
	if c.low != nil {
		return c.low[g].Load()
	}
	return (*group)(c.words[g*groupWords : g*groupWords+groupWords])
}

// node is 64 chunks (at level 0) or 64 nodes. A chunk's words are reachable
// straight from the node, so that testing a bit does not touch its summaries.
type node struct {
	skip   [2]atomic.Uint64
	words  [fanOut]atomic.Pointer[[chunkWords]atomic.Uint64]
	chunks [fanOut]atomic.Pointer[chunk]
	kids   [fanOut]atomic.Pointer[node]
}

// root is one generation of a bitmap: [Bitmap.ClearAll] replaces it whole.
type root struct {
	head      atomic.Pointer[group]
	low       atomic.Pointer[chunk]
	trees     [treeCount]atomic.Pointer[node]
	wide      atomic.Pointer[wide]
	headCount atomic.Int64
	claimHint atomic.Uint64
	memory    atomic.Int64
	capacity  atomic.Int64
}

// none is the generation of a bitmap that has had no change yet, for finders.
// It stays empty.
var none root

// What the structures take of the heap, which has them in sizes of its own: the
// books are to have what is gone.
const (
	rootBytes  = int(unsafe.Sizeof(root{}))
	chunkBytes = (int(unsafe.Sizeof(chunk{})) + 127) &^ 127
	lowBytes   = chunkBytes + int(unsafe.Sizeof([fanOut]atomic.Pointer[group]{}))
	nodeBytes  = (int(unsafe.Sizeof(node{})) + 255) &^ 255
	wideBytes  = (int(unsafe.Sizeof(wide{})) + 127) &^ 127
)

// treeOf returns the tree of chunk ci > 0.
func treeOf(ci uint64) int { return (bits.Len64(ci) - 1) / 6 }

// word returns the word with index wi (its IDs start at wi*64), or nil where
// no memory is allocated. Each load on the way is of a pointer that goes from
// nil to its value once (B1).
func (r *root) word(wi uint64) *atomic.Uint64 {
	ci := wi / chunkWords
	var n *node
	switch {
	case wi < groupWords:
		if g := r.head.Load(); g != nil {
			return &g[wi&(groupWords-1)]
		}
		return nil
	case ci == 0:
		if c := r.low.Load(); c != nil {
			if g := c.low[wi/groupWords&63].Load(); g != nil {
				return &g[wi&(groupWords-1)]
			}
		}
		return nil
	case ci < fanOut:
		n = r.trees[0].Load()
	case ci < fanOut*fanOut:
		if n = r.trees[1].Load(); n != nil {
			n = n.kids[ci>>6].Load()
		}
	case ci <= MaxID/chunkIDs:
		n = r.leaf(ci)
	}
	if n == nil {
		return nil
	}
	if ws := n.words[ci&63].Load(); ws != nil {
		return &ws[wi&(chunkWords-1)]
	}
	return nil
}

// near is word for the IDs from 2^18 to 2^24 that have memory, nil for all
// others: small enough to be inlined where a call would show.
func (r *root) near(id uint64) *atomic.Uint64 {
	if n := r.trees[0].Load(); n != nil && id < fanOut*chunkIDs {
		if ws := n.words[id/chunkIDs&63].Load(); ws != nil { // child 0 has none
			return &ws[id>>6&(chunkWords-1)]
		}
	}
	return nil
}

// groupOf returns the group of the word wi, whose memory is there.
func (r *root) groupOf(wi uint64) *group {
	switch ci := wi / chunkWords; {
	case wi < groupWords:
		return r.head.Load()
	case ci == 0:
		return r.low.Load().group(wi / groupWords)
	default:
		ws := r.leaf(ci).words[ci&63].Load()
		at := wi % chunkWords &^ (groupWords - 1)
		return (*group)(ws[at : at+groupWords])
	}
}

// leaf returns the level-0 node of chunk ci > 0, or nil.
func (r *root) leaf(ci uint64) *node {
	h := treeOf(ci)
	n := r.trees[h].Load()
	for l := h; l > 0 && n != nil; l-- {
		n = n.kids[ci>>(6*l)&63].Load()
	}
	return n
}

package bitmap

import (
	"math/bits"
	"math/rand/v2"
)

// survey is the allocated memory of a root as one row of slots, for draws at
// random. It does not change; memory never moves (B1), so it holds for the root
// until that has more.
type survey struct {
	groups []surveyedGroup // the head and the groups of chunk 0
	chunks []surveyedChunk
	slots  uint64 // IDs there is memory for
}

type surveyedGroup struct {
	index uint64 // the group's number among all
	words *group
	chunk *chunk // nil for the head, which has no summary
}

type surveyedChunk struct {
	ci    uint64
	chunk *chunk
}

// surveyed returns a survey of all memory that was there before the call.
func (r *root) surveyed() *survey {
	capacity := uint64(r.capacity.Load())
	x := r.wide.Load()
	if x != nil {
		if known := x.survey.Load(); known != nil && known.slots == capacity {
			return known
		}
	}
	v := new(survey)
	if g := r.head.Load(); g != nil {
		v.groups = append(v.groups, surveyedGroup{0, g, nil})
	}
	if low := r.low.Load(); low != nil {
		for i := range low.low {
			if g := low.low[i].Load(); g != nil {
				v.groups = append(v.groups, surveyedGroup{uint64(i), g, low})
			}
		}
	}
	for h := range treeCount {
		if n := r.trees[h].Load(); n != nil {
			v.node(n, h, 0)
		}
	}
	v.slots = uint64(len(v.groups))*groupIDs + uint64(len(v.chunks))*chunkIDs
	// Capacity counts memory before it is installed, so a survey that has as
	// much misses nothing.
	if x != nil && v.slots == capacity {
		x.survey.Store(v)
	}
	return v
}

func (v *survey) node(n *node, level int, prefix uint64) {
	for k := range uint64(fanOut) {
		if level > 0 {
			if kid := n.kids[k].Load(); kid != nil {
				v.node(kid, level-1, prefix<<6|k)
			}
		} else if c := n.chunks[k].Load(); c != nil {
			v.chunks = append(v.chunks, surveyedChunk{prefix<<6 | k, c})
		}
	}
}

// throwsAreCheaper compares the two ways to draw n of count IDs: throws at
// random slots, of which slots/count are needed each, and one walk over the
// words that have IDs.
func (v *survey) throwsAreCheaper(count, n uint64) bool {
	if count == 0 {
		return false
	}
	return n*(v.slots/count) <= min(count, v.slots/wordIDs)+uint64(len(v.chunks))
}

// throw draws by trial until dst has want IDs: a slot taken at random counts if
// its ID is in the set. It gives up when luck is far below what count promises.
func (v *survey) throw(dst []uint64, want int, count uint64, hidden *suspects) []uint64 {
	sparse := count < v.slots/wordIDs
	inGroups := uint64(len(v.groups)) * groupIDs
	for tries := uint64(want-len(dst)) * (64 + 8*(v.slots/count)); tries > 0 && len(dst) < want; tries-- {
		slot := rand.Uint64N(v.slots)
		var (
			c    *chunk
			g    *group
			base uint64 // the group's first word
		)
		if slot < inGroups {
			in := &v.groups[slot/groupIDs]
			c, g, base = in.chunk, in.words, in.index*groupWords
		} else {
			slot -= inGroups
			in := &v.chunks[slot/chunkIDs]
			c, base = in.chunk, in.ci*chunkWords+slot/groupIDs%fanOut*groupWords
			g = c.group(slot / groupIDs % fanOut)
		}
		word := slot / wordIDs % groupWords
		// Summaries stay in the processor's cache where words do not.
		if sparse && c != nil {
			empty := c.skip[empties].words[base/groupWords%fanOut].Load() &^ hidden.under(0, base/groupWords)
			if empty>>word&1 != 0 {
				continue
			}
		}
		if g[word].Load()>>(slot%wordIDs)&1 != 0 {
			dst = append(dst, (base+word)*wordIDs+slot%wordIDs)
		}
	}
	return dst
}

// walk calls visit with the words that have IDs, ascending, until it returns
// false. ids are those of the word wi. No ID is passed over that was in the set
// since before hidden was collected.
func (v *survey) walk(hidden *suspects, visit func(wi, ids uint64) bool) {
	for i := range v.groups {
		g := &v.groups[i]
		look := full
		if g.chunk != nil {
			look = ^g.chunk.skip[empties].words[g.index].Load() | hidden.under(0, g.index)
		}
		if !g.words.walk(g.index*groupWords, look, visit) {
			return
		}
	}
	for i := range v.chunks {
		c := &v.chunks[i]
		sum := &c.chunk.skip[empties]
		for groups := ^sum.groups.Load() | hidden.under(1, c.ci); groups != 0; groups &= groups - 1 {
			k := uint64(bits.TrailingZeros64(groups))
			index := c.ci*fanOut + k
			look := ^sum.words[k].Load() | hidden.under(0, index)
			if !c.chunk.group(k).walk(index*groupWords, look, visit) {
				return
			}
		}
	}
}

func (g *group) walk(base, look uint64, visit func(wi, ids uint64) bool) bool {
	for ; look != 0; look &= look - 1 {
		k := uint64(bits.TrailingZeros64(look))
		if ids := g[k].Load(); ids != 0 && !visit(base+k, ids) {
			return false
		}
	}
	return true
}

package bitmap

import "sync/atomic"

// grow returns the word wi of generation r, allocating what is missing. It
// returns nil, nil when r is no longer the bitmap's generation: the operation
// has changed nothing yet and starts again on the new one, so a cleared
// generation never grows and the backing's books stay exact.
//
// Growth alone takes a lock. It excludes other growth and ClearAll, never a
// reader or a writer whose memory is there.
func (b *Bitmap) grow(r *root, wi uint64, force bool) (*atomic.Uint64, error) {
	return b.growFrom(nil, r, wi, force)
}

// growFrom is grow with memory of another source than the bitmap's own, nil for
// that.
func (b *Bitmap) growFrom(source Backing, r *root, wi uint64, force bool) (*atomic.Uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.root.Load() != r {
		return nil, nil
	}
	if w := r.word(wi); w != nil {
		return w, nil
	}
	switch b.backing.(type) {
	case detached, Heap: // what is in no books is not paid for
		source = b.backing
	default:
		if source == nil {
			source = b.backing
		}
	}
	plan := r.plan(wi)
	words, err := orHeap(source).Alloc(plan.words, plan.overhead, force)
	if err != nil {
		return nil, err
	}
	r.memory.Add(int64(plan.words*8 + plan.overhead))
	r.capacity.Add(int64(plan.words * wordIDs))
	r.install(wi, words)
	return r.word(wi), nil
}

type growthPlan struct{ words, overhead int }

// plan says what installing the word wi will take.
func (r *root) plan(wi uint64) growthPlan {
	if wi < groupWords {
		return growthPlan{words: groupWords}
	}
	p := growthPlan{words: chunkWords, overhead: chunkBytes}
	if r.wide.Load() == nil {
		p.overhead += wideBytes
	}
	ci := wi / chunkWords
	if ci == 0 {
		p.words = groupWords
		p.overhead -= chunkBytes
		if r.low.Load() == nil {
			p.overhead += lowBytes
		}
		return p
	}
	h := treeOf(ci)
	n := r.trees[h].Load()
	for l := h; ; l-- {
		if n == nil {
			p.overhead += (l + 1) * nodeBytes
			break
		}
		if l == 0 {
			break
		}
		n = n.kids[ci>>(6*l)&63].Load()
	}
	return p
}

// install publishes words as the home of the word wi. Each structure is
// complete before the one pointer store that makes it reachable (B1), with
// skip bits that hide nothing: "empty" set where there is no ID yet, "full"
// set only where no ID can ever be (B3).
func (r *root) install(wi uint64, words []atomic.Uint64) {
	if wi < groupWords {
		r.head.Store((*group)(words))
		return
	}
	if r.wide.Load() == nil {
		r.wide.Store(new(wide))
	}
	ci := wi / chunkWords
	if ci == 0 {
		c := r.low.Load()
		if c == nil {
			c = newChunk(nil)
			c.low = new([fanOut]atomic.Pointer[group])
			c.skip[fulls].groups.Store(1) // group 0 is the head
			r.low.Store(c)
		}
		c.low[wi/groupWords].Store((*group)(words))
		return
	}
	h := treeOf(ci)
	n := r.trees[h].Load()
	if n == nil {
		n = newNode()
		n.skip[fulls].Store(1) // child 0 belongs to a smaller tree
		r.trees[h].Store(n)
	}
	for l := h; l > 0; l-- {
		slot := &n.kids[ci>>(6*l)&63]
		if n = slot.Load(); n == nil {
			n = newNode()
			slot.Store(n)
		}
	}
	c := newChunk((*[chunkWords]atomic.Uint64)(words))
	n.chunks[ci&63].Store(c)
	n.words[ci&63].Store(c.words) // last: a reader that has the words finds the chunk
}

func newNode() *node {
	n := new(node)
	n.skip[empties].Store(full)
	return n
}

func newChunk(words *[chunkWords]atomic.Uint64) *chunk {
	c := &chunk{words: words}
	s := &c.skip[empties]
	for i := range s.words {
		s.words[i].Store(full)
	}
	s.groups.Store(full)
	return c
}

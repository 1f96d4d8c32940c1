package bitmap

import "sync/atomic"

// What follows is for who accounts for the memory of many bitmaps. All others
// need none of it.

// Backing is where a Bitmap's memory comes from, and who is told what it
// takes: see [Bitmap.Init]. An implementation must be safe for concurrent use.
type Backing interface {
	// Alloc returns n zeroed words and accounts for overhead further bytes
	// that the bitmap's own structures take on the Go heap. With force it may
	// not refuse for policy: an operation is already under way. An error
	// leaves everything as it was.
	Alloc(n, overhead int, force bool) ([]atomic.Uint64, error)
	// Free is told that so many bytes (words and overhead) are given up. The
	// words may still be read by operations in flight; the garbage collector
	// ends their life.
	Free(bytes int64)
}

// Heap is the Backing that every Bitmap has unless told otherwise: the Go
// heap, without a limit.
type Heap struct{}

// Alloc implements [Backing]. It never fails.
func (Heap) Alloc(n, _ int, _ bool) ([]atomic.Uint64, error) {
	return make([]atomic.Uint64, n), nil
}

// Free implements [Backing].
func (Heap) Free(int64) {}

// Init makes backing the source of b's memory and returns b. It comes before
// the first use of b; a Bitmap without it is on the [Heap].
func (b *Bitmap) Init(backing Backing) *Bitmap {
	b.backing = backing
	return b
}

func orHeap(b Backing) Backing {
	if b == nil {
		return Heap{}
	}
	return b
}

// detached is the backing of a set that nobody will find again. Operations that
// cannot be refused any more get what they need for the moments that they last.
type detached struct{ Heap }

// Alloc implements [Backing].
func (d detached) Alloc(n, overhead int, force bool) ([]atomic.Uint64, error) {
	if !force {
		return nil, ErrDetached
	}
	return d.Heap.Alloc(n, overhead, force)
}

// Allocated reports whether the memory for id is there. (Whether id is in the
// set is what [Bitmap.Test] reports.)
func (b *Bitmap) Allocated(id uint64) bool {
	r := b.root.Load()
	return r != nil && (r.near(id) != nil || id <= MaxID && r.word(id>>6) != nil)
}

// Lacking returns the bytes that ReserveRange(id, id+1) would allocate, 0 if
// none, and a number that names the piece of memory: IDs with the same home
// share it.
func (b *Bitmap) Lacking(id uint64) (home uint64, bytes int64) {
	home = homeOf(id)
	if id > MaxID || b.Allocated(id) {
		return home, 0
	}
	r := b.root.Load()
	if r == nil {
		r = &none
	}
	p := r.plan(id >> 6)
	return home, int64(p.words*8 + p.overhead)
}

// homeOf numbers the pieces of memory by the groups they begin with.
func homeOf(id uint64) uint64 {
	if id >= chunkIDs {
		return id / chunkIDs * (chunkIDs / groupIDs)
	}
	return id / groupIDs
}

// LackingRange returns an upper bound, within 64 KiB, of the bytes that
// ReserveRange(min, max) would allocate.
func (b *Bitmap) LackingRange(min, max uint64) uint64 {
	max = clamp(max)
	if min >= max {
		return 0
	}
	groups := pieces(min, minID(max, chunkIDs), groupIDs)
	chunks := pieces(maxID(min, chunkIDs), max, chunkIDs)
	if r := b.root.Load(); r != nil {
		r.spans(min, max, func(wi uint64, _ []atomic.Uint64) bool {
			if wi < chunkWords {
				groups--
			} else {
				chunks--
			}
			return true
		})
	}
	if max <= groupIDs || groups+chunks == 0 {
		return groups * groupWords * 8
	}
	nodes := chunks/(fanOut-1) + treeCount*(treeCount+1)/2
	if chunks == 0 {
		nodes = 0
	}
	return groups*groupWords*8 + chunks*(chunkWords*8+uint64(chunkBytes)) +
		nodes*uint64(nodeBytes) + uint64(lowBytes+wideBytes)
}

// pieces is the number of pieces of size IDs that [min, max) touches.
func pieces(min, max, size uint64) uint64 {
	if min >= max {
		return 0
	}
	return (max-1)/size - min/size + 1
}

// Detach gives b's memory back to the backing's books, for a set that nobody will
// find again. It keeps its IDs; more memory is refused with [ErrDetached], but to
// operations that cannot be refused.
func (b *Bitmap) Detach() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.root.Load(); r != nil {
		orHeap(b.backing).Free(r.memory.Load())
	}
	b.backing = detached{}
}

// Revive makes a detached b one of the Go heap, which has memory for it.
func (b *Bitmap) Revive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, gone := b.backing.(detached); gone {
		b.backing = Heap{}
	}
}

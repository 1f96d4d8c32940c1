package bitmap

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// MaxID is the largest ID a Bitmap can hold, and Limit the first it cannot.
const (
	MaxID = Limit - 1
	Limit = 1 << 48
)

// Bitmap is a set of IDs from 0 to [MaxID], one bit each. The zero value is
// empty and ready for use. All methods are safe for concurrent use. A Bitmap
// must not be copied after first use.
//
// IDs over MaxID are in no set: methods that take one report "not there" or
// "not done" and change nothing.
type Bitmap struct {
	root    atomic.Pointer[root]
	mu      sync.Mutex // held to grow and to replace the root
	backing Backing    // nil is Heap
}

// New returns an empty Bitmap on the Go heap.
func New() *Bitmap { return new(Bitmap) }

// WithCapacity returns a Bitmap that has memory for the IDs below n.
func WithCapacity(n uint64) *Bitmap {
	b := New()
	_ = b.Reserve(n) // the heap does not refuse
	return b
}

// generation returns the root, making the first one when there is none.
func (b *Bitmap) generation() *root {
	if r := b.root.Load(); r != nil {
		return r
	}
	return b.firstRoot()
}

func (b *Bitmap) firstRoot() *root {
	for {
		b.root.CompareAndSwap(nil, new(root)) // whoever wins, there is one
		if r := b.root.Load(); r != nil {     // but for a ClearAll in between
			return r
		}
	}
}

// home returns the word of id, with memory for it, and the generation that has it.
func (b *Bitmap) home(id uint64) (*root, *atomic.Uint64) {
	for {
		r := b.generation()
		w := r.word(id >> 6)
		if w == nil {
			var err error
			if w, err = b.grow(r, id>>6, true); err != nil {
				panic(err) // a forced Alloc failed: there is no memory at all
			}
		}
		if w != nil {
			return r, w
		}
	}
}

// Test reports whether id is in the set.
func (b *Bitmap) Test(id uint64) bool {
	r := b.root.Load()
	if r == nil {
		return false
	}
	w := r.near(id)
	if w == nil {
		if w = r.word(id >> 6); w == nil {
			return false
		}
	}
	return w.Load()>>(id&63)&1 != 0
}

// Set puts id into the set and returns whether it was there before.
func (b *Bitmap) Set(id uint64) bool {
	return id <= MaxID && !b.TestAndSet(id)
}

// TestAndSet puts id into the set and reports whether this call did it: of
// all callers that race for an ID, one gets true.
func (b *Bitmap) TestAndSet(id uint64) bool {
	if id > MaxID {
		return false
	}
	return b.generation().testAndSet(b, id)
}

// testAndSet is TestAndSet for what is a generation of b, or has been one and
// has memory for id.
func (r *root) testAndSet(b *Bitmap, id uint64) bool {
	wi, bit := id>>6, uint64(1)<<(id&63)
	w := r.near(id)
	if w == nil {
		if w = r.word(wi); w == nil {
			r, w = b.home(id)
		}
	}
	for {
		old := w.Load()
		if old&bit != 0 {
			return false
		}
		yield()
		if new := old | bit; crosses(old, new) {
			if !r.swapAcross(w, wi, old, new) { // claims the bit
				continue
			}
		} else if !w.CompareAndSwap(old, new) { // claims the bit
			continue
		}
		r.add(wi, 1)
		return true
	}
}

// Clear takes id out of the set and returns whether it was there before.
func (b *Bitmap) Clear(id uint64) bool { return b.TestAndClear(id) }

// TestAndClear takes id out of the set and reports whether this call did it.
func (b *Bitmap) TestAndClear(id uint64) bool {
	r := b.root.Load()
	if r == nil || id > MaxID {
		return false
	}
	wi, bit := id>>6, uint64(1)<<(id&63)
	w := r.word(wi)
	if w == nil {
		return false
	}
	for {
		old := w.Load()
		if old&bit == 0 {
			return false
		}
		yield()
		if new := old &^ bit; crosses(old, new) {
			if !r.swapAcross(w, wi, old, new) { // frees the bit
				continue
			}
		} else if !w.CompareAndSwap(old, new) { // frees the bit
			continue
		}
		r.add(wi, -1)
		r.freed(wi)
		return true
	}
}

// Count returns how many IDs are in the set: exact while no change is in
// flight; a change in flight is in it or not.
func (b *Bitmap) Count() uint64 {
	if r := b.root.Load(); r != nil {
		return r.count()
	}
	return 0
}

// IsEmpty reports whether Count is 0.
func (b *Bitmap) IsEmpty() bool { return b.Count() == 0 }

// ClearAll empties the set, gives its memory back and returns how many IDs
// were counted in it. It replaces the whole generation with one store, its
// linearization point: a change in flight on the old one comes before it.
func (b *Bitmap) ClearAll() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.root.Swap(nil)
	if old == nil {
		return 0
	}
	orHeap(b.backing).Free(old.memory.Load())
	return old.count()
}

// Reset empties the set, keeps its memory and returns how many IDs it removed.
// It clears word by word: an ID added meanwhile may be removed or stay.
func (b *Bitmap) Reset() uint64 { return b.ClearRange(0, Limit) }

func clamp(max uint64) uint64 {
	if max > Limit {
		return Limit
	}
	return max
}

// popcount is the number of set bits of w.
func popcount(w uint64) int { return bits.OnesCount64(w) }

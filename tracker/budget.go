package tracker

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Budget bounds the memory of all trackers of a registry together, and of what
// is made of them for a while. All methods are safe for concurrent use.
type Budget struct {
	limit atomic.Int64
	used  atomic.Int64
	lent  atomic.Int64 // of used, to others than trackers

	freed      atomic.Int64 // since the collector has run for it
	collecting sync.Mutex
}

const (
	// muchAtOnce is what nobody asks for who must not wait.
	muchAtOnce = 1 << 20
	// freedShare is the part of the limit that may be free and in memory all the
	// same, because the collector has not come by.
	freedShare = 8
)

// collect has the collector come before n bytes more are allocated, if much was freed
// since it did. Who frees and allocates in turn is faster than the collector, and what
// the machine has is more than the limit by a part only.
func (b *Budget) collect(n int64) {
	limit := b.limit.Load()
	if n < muchAtOnce || limit <= 0 || b.freed.Load() <= limit/freedShare {
		return
	}
	b.collecting.Lock()
	defer b.collecting.Unlock()
	if freed := b.freed.Load(); freed > limit/freedShare {
		runtime.GC()
		b.freed.Add(-freed)
	}
}

// NewBudget returns a Budget of limit bytes; 0 is without limit.
func NewBudget(limit int64) *Budget {
	b := new(Budget)
	b.SetLimit(limit)
	return b
}

// Limit returns the bytes that may be used, 0 for no limit.
func (b *Budget) Limit() int64 { return b.limit.Load() }

// SetLimit changes the limit. What is in use stays, even if it is more.
func (b *Budget) SetLimit(limit int64) { b.limit.Store(limit) }

// Used returns the bytes in use by trackers.
func (b *Budget) Used() int64 { return max(b.used.Load()-b.lent.Load(), 0) }

// lentShare is the part of the limit that is lent at most, so that who borrows
// and does not give back has the trackers refused little.
const lentShare = 4

// Borrow takes n bytes for something else than a tracker, until they are given
// back with [Budget.Return]; without room for them, or when a quarter of the
// limit, or a page, is lent, it returns [ErrOutOfMemory]. A nil Budget lends without limit.
func (b *Budget) Borrow(n int64) error {
	if b == nil {
		return nil
	}
	limit := b.limit.Load()
	if lent := b.lent.Add(n); lent > max(limit/lentShare, pageBytes) && limit > 0 || b.charge(n, false) != nil {
		b.lent.Add(-n)
		return ErrOutOfMemory
	}
	return nil
}

// Return gives back n bytes of what was borrowed.
func (b *Budget) Return(n int64) {
	if b == nil {
		return
	}
	b.lent.Add(-n)
	b.used.Add(-n)
}

// charge takes n bytes from the budget or returns [ErrOutOfMemory]. With force
// it always takes them.
func (b *Budget) charge(n int64, force bool) error {
	limit := b.limit.Load()
	for {
		used := b.used.Load()
		if limit > 0 && n > limit-used && n > 0 && !force {
			return ErrOutOfMemory // and nobody else has been refused for it
		}
		if b.used.CompareAndSwap(used, used+n) {
			return nil
		}
	}
}

// release gives back bytes of what was charged.
func (b *Budget) release(bytes int64) { b.used.Add(-bytes) }

// free is release of what was allocated.
func (b *Budget) free(bytes int64) {
	b.freed.Add(bytes)
	b.release(bytes)
}

// backing is a Budget as the [bitmap.Backing] of its trackers: the Go heap, with
// books.
type backing Budget

// Alloc implements [bitmap.Backing].
func (b *backing) Alloc(n, overhead int, force bool) ([]atomic.Uint64, error) {
	if err := (*Budget)(b).charge(int64(n*8+overhead), force); err != nil {
		return nil, err
	}
	return make([]atomic.Uint64, n), nil
}

// Free implements [bitmap.Backing].
func (b *backing) Free(bytes int64) { (*Budget)(b).free(bytes) }

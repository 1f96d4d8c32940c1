package bitmap

import "sync/atomic"

// Backing is where a Bitmap's memory comes from. An implementation must be
// safe for concurrent use.
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

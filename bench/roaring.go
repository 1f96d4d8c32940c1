package main

import (
	"runtime"
	"sync"

	"github.com/RoaringBitmap/roaring/v2/roaring64"
)

// lockedRoaring is the second rival: compressed, for 64-bit IDs.
type lockedRoaring struct {
	mu   sync.RWMutex
	bits *roaring64.Bitmap
}

func newRoaring() *lockedRoaring { return &lockedRoaring{bits: roaring64.New()} }

// fullRoaring has all IDs below ids, in the containers that single additions
// leave.
func fullRoaring(ids uint64) *lockedRoaring {
	r := newRoaring()
	for id := range ids {
		r.bits.Add(id)
	}
	return r
}

// halfRoaring has every other 32 of the IDs below ids.
func halfRoaring(ids uint64) *lockedRoaring {
	r := newRoaring()
	for id := range ids {
		if id&32 == 0 {
			r.bits.Add(id)
		}
	}
	return r
}

func (r *lockedRoaring) reset() { r.bits.Clear() }

func (r *lockedRoaring) test(id uint64) bool {
	r.mu.RLock()
	ok := r.bits.Contains(id)
	r.mu.RUnlock()
	return ok
}

func (r *lockedRoaring) set(id uint64) {
	r.mu.Lock()
	r.bits.Add(id)
	r.mu.Unlock()
}

func (r *lockedRoaring) testAndSet(id uint64) bool {
	r.mu.Lock()
	ok := r.bits.CheckedAdd(id)
	r.mu.Unlock()
	return ok
}

func (r *lockedRoaring) clear(id uint64) bool {
	r.mu.Lock()
	ok := r.bits.CheckedRemove(id)
	r.mu.Unlock()
	return ok
}

func (r *lockedRoaring) loopTestRandom(n int, mask uint64) uint64 {
	x := xorshift(1)
	var hits uint64
	for range n {
		hits += one(r.test(x.next() & mask))
	}
	return hits
}

func (r *lockedRoaring) loopTest(n int, mask uint64) uint64 {
	var id, hits uint64
	for range n {
		hits += one(r.test(id & mask))
		id++
	}
	return hits
}

func (r *lockedRoaring) loopSet(n int, mask uint64) uint64 {
	var id uint64
	for range n {
		r.set(id & mask)
		id++
	}
	return id
}

func (r *lockedRoaring) loopTestAndSet(n int) uint64 {
	var id, done uint64
	for range n {
		done += one(r.testAndSet(id))
		id++
	}
	return done
}

func (r *lockedRoaring) loopClear(n int) uint64 {
	var id, done uint64
	for range n {
		done += one(r.clear(id))
		id++
	}
	return done
}

func (r *lockedRoaring) loopCount(n int) uint64 {
	var sum uint64
	for range n {
		r.mu.RLock()
		sum += r.bits.GetCardinality()
		r.mu.RUnlock()
	}
	return sum
}

// loopNext passes over the set IDs; the lock is taken once, for the pass.
func (r *lockedRoaring) loopNext(n int) uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	it := r.bits.Iterator()
	var sum, done uint64
	for range n {
		if !it.HasNext() {
			it = r.bits.Iterator()
		}
		sum += it.Next()
		done++
	}
	runtime.KeepAlive(sum)
	return done
}

func (r *lockedRoaring) loopSetRange(n int, size uint64) uint64 {
	var from uint64
	for range n {
		r.mu.Lock()
		r.bits.AddRange(from, from+size)
		r.mu.Unlock()
		from += size
	}
	return from
}

func (r *lockedRoaring) loopCountRange(n int, ids uint64) uint64 {
	var sum uint64
	for range n {
		r.mu.RLock()
		sum += r.bits.Rank(ids-2) - r.bits.Rank(0)
		r.mu.RUnlock()
	}
	return sum
}

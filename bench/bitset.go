package main

import (
	"sync"

	"github.com/bits-and-blooms/bitset"
)

// lockedBitset is the first rival: what most programs would write.
type lockedBitset struct {
	mu   sync.RWMutex
	bits *bitset.BitSet
	next uint // where a claim begins to look
}

func newBitset(ids uint64) *lockedBitset { return &lockedBitset{bits: bitset.New(uint(ids))} }

// fullBitset has all IDs below ids.
func fullBitset(ids uint64) *lockedBitset {
	b := newBitset(ids)
	b.bits.SetAll()
	return b
}

// halfBitset has every other 32 of the IDs below ids.
func halfBitset(ids uint64) *lockedBitset {
	b := newBitset(ids)
	for i := range b.bits.Words() {
		b.bits.Words()[i] = 1<<32 - 1
	}
	return b
}

func (b *lockedBitset) reset() {
	b.bits.ClearAll()
	b.next = 0
}

func (b *lockedBitset) test(id uint) bool {
	b.mu.RLock()
	ok := b.bits.Test(id)
	b.mu.RUnlock()
	return ok
}

func (b *lockedBitset) set(id uint) {
	b.mu.Lock()
	b.bits.Set(id)
	b.mu.Unlock()
}

func (b *lockedBitset) testAndSet(id uint) bool {
	b.mu.Lock()
	had := b.bits.Test(id)
	b.bits.Set(id)
	b.mu.Unlock()
	return !had
}

func (b *lockedBitset) clear(id uint) {
	b.mu.Lock()
	b.bits.Clear(id)
	b.mu.Unlock()
}

// claim takes the first free ID at or after the last one claimed.
func (b *lockedBitset) claim() bool {
	b.mu.Lock()
	id, ok := b.bits.NextClear(b.next)
	if ok {
		b.bits.Set(id)
		b.next = id + 1
	}
	b.mu.Unlock()
	return ok
}

func (b *lockedBitset) nextClear(from uint) (uint, bool) {
	b.mu.RLock()
	id, ok := b.bits.NextClear(from)
	b.mu.RUnlock()
	return id, ok
}

func (b *lockedBitset) nextSet(from uint) (uint, bool) {
	b.mu.RLock()
	id, ok := b.bits.NextSet(from)
	b.mu.RUnlock()
	return id, ok
}

func (b *lockedBitset) loopTestRandom(n int, mask uint64) uint64 {
	x := xorshift(1)
	var hits uint64
	for range n {
		hits += one(b.test(uint(x.next() & mask)))
	}
	return hits
}

func (b *lockedBitset) loopTest(n int, mask uint64) uint64 {
	var id, hits uint64
	for range n {
		hits += one(b.test(uint(id & mask)))
		id++
	}
	return hits
}

func (b *lockedBitset) loopSet(n int, mask uint64) uint64 {
	var id uint64
	for range n {
		b.set(uint(id & mask))
		id++
	}
	return id
}

func (b *lockedBitset) loopTestAndSet(n int) uint64 {
	var id uint
	var done uint64
	for range n {
		done += one(b.testAndSet(id))
		id++
	}
	return done
}

func (b *lockedBitset) loopClear(n int) uint64 {
	var id uint
	for range n {
		b.clear(id)
		id++
	}
	return uint64(id)
}

func (b *lockedBitset) loopCount(n int) uint64 {
	var sum uint64
	for range n {
		b.mu.RLock()
		sum += uint64(b.bits.Count())
		b.mu.RUnlock()
	}
	return sum
}

// loopNext passes over the set IDs; the lock is taken once, for the pass.
func (b *lockedBitset) loopNext(n int) uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var from uint
	var done uint64
	for range n {
		id, ok := b.bits.NextSet(from)
		if !ok {
			id, ok = b.bits.NextSet(0)
		}
		done += one(ok)
		from = id + 1
	}
	return done
}

func (b *lockedBitset) loopClaim(n int) uint64 {
	var done uint64
	for range n {
		done += one(b.claim())
	}
	return done
}

func (b *lockedBitset) loopSetRange(n int, size uint64) uint64 {
	var from uint64
	for range n {
		b.mu.Lock()
		b.bits.SetRange(uint(from), uint(from+size)) // as ours: without the end
		b.mu.Unlock()
		from += size
	}
	return from
}

func (b *lockedBitset) loopCountRange(n int, ids uint64) uint64 {
	var sum uint64
	for range n {
		b.mu.RLock()
		sum += uint64(b.bits.OnesBetween(1, uint(ids-1)))
		b.mu.RUnlock()
	}
	return sum
}

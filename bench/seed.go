package main

import (
	"math/bits"
	"runtime"
	"sync/atomic"
)

// seedSet is the seed's claim, line by line (seed-spec.txt, claim_next_unset):
// all claimers share one cursor, which points to the word that they all take
// from. It is here as a rival only. Its defects are in DESIGN.md.
type seedSet struct {
	words    []atomic.Uint64
	_        [64]byte // the seed aligns its bitmap to a cache line ...
	popcount atomic.Uint64
	_        [64]byte
	cursor   atomic.Uint64 // ... and keeps the cursor elsewhere
	_        [64]byte
	min, max uint64
}

func newSeedSet(ids uint64) *seedSet {
	return &seedSet{words: make([]atomic.Uint64, ids/64), max: ids}
}

func (s *seedSet) reset() {
	for i := range s.words {
		s.words[i].Store(0)
	}
	s.popcount.Store(0)
	s.cursor.Store(0)
}

func (s *seedSet) claim() (id uint64, ok bool) {
	for {
		at := s.cursor.Load()
		if at*64 >= s.max {
			return 0, false
		}
		word := &s.words[at]
		w := word.Load()
		if w == ^uint64(0) {
			s.cursor.CompareAndSwap(at, at+1)
			continue
		}
		bit := bits.TrailingZeros64(^w)
		id := at*64 + uint64(bit)
		if id >= s.max || id < s.min {
			s.cursor.Add(1)
			continue
		}
		mask := uint64(1) << bit
		if word.Or(mask)&mask == 0 {
			s.popcount.Add(1)
			return id, true
		}
	}
}

func (s *seedSet) loopClaim(n int) uint64 {
	var sum, done uint64
	for range n {
		id, ok := s.claim()
		sum += id
		done += one(ok)
	}
	runtime.KeepAlive(sum) // the IDs must be computed
	return done
}

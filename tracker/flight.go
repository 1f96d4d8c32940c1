package tracker

import (
	"sync"
	"sync/atomic"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// flight is a stand-in until the leases come.
type flight struct {
	mu   sync.Mutex
	seq  atomic.Uint64
	bits bitmap.Bitmap
}

func (t *Tracker) flight() *flight {
	if x := t.extras.Load(); x != nil {
		return x.flight.Load()
	}
	return nil
}

// existing has the bits of the IDs of the word wi that exist.
func (t *Tracker) existing(wi uint64) uint64 {
	for {
		word := t.bits.Word(wi)
		f := t.flight()
		if f == nil {
			return word
		}
		seq := f.seq.Load()
		if seq&1 != 0 {
			continue
		}
		word = t.bits.Word(wi) &^ f.bits.Word(wi)
		if f.seq.Load() == seq {
			return word
		}
	}
}

// takeWord takes those IDs of the word wi that exist and are in mask.
func (t *Tracker) takeWord(wi, mask uint64) uint64 {
	if f := t.flight(); f != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		mask &^= f.bits.Word(wi)
	}
	return t.bits.TakeWord(wi, mask)
}

package bitmap

import "sync/atomic"

// EnsureCapacity secures the memory for id and reports whether it had to be
// allocated. An error is the backing's refusal; nothing has changed then. An
// ID over MaxID needs no memory.
func (b *Bitmap) EnsureCapacity(id uint64) (grew bool, err error) {
	if id > MaxID {
		return false, nil
	}
	for {
		r := b.generation()
		if r.word(id>>6) != nil {
			return false, nil
		}
		w, err := b.grow(r, id>>6, false)
		if err != nil {
			return false, err
		}
		if w != nil {
			return true, nil
		}
	}
}

// Reserve secures the memory for all IDs below n.
//
// On error, the backing's refusal, the memory secured so far stays; no ID has
// changed.
func (b *Bitmap) Reserve(n uint64) error { return b.ReserveRange(0, n) }

// ReserveRange is Reserve for the IDs of [min, max).
func (b *Bitmap) ReserveRange(min, max uint64) error {
	max = clamp(max)
	for id := min; id < max; {
		if _, err := b.EnsureCapacity(id); err != nil {
			return err
		}
		step := uint64(groupIDs)
		if id >= chunkIDs {
			step = chunkIDs
		}
		id = id/step*step + step
	}
	return nil
}

// Has reports whether the memory for id is allocated.
func (b *Bitmap) Has(id uint64) bool {
	r := b.root.Load()
	return r != nil && (r.near(id) != nil || id <= MaxID && r.word(id>>6) != nil)
}

// Lacking returns the bytes that EnsureCapacity(id) would allocate, 0 if none,
// and a number that names the piece of memory: IDs with the same home share it.
func (b *Bitmap) Lacking(id uint64) (home uint64, bytes int64) {
	home = id / groupIDs
	if id >= chunkIDs {
		home = id / chunkIDs * (chunkIDs / groupIDs)
	}
	if id > MaxID || b.Has(id) {
		return home, 0
	}
	p := b.generation().plan(id >> 6)
	return home, int64(p.words*8 + p.overhead)
}

// LackingRange returns an upper bound, within 64 KiB, of the bytes
// that ReserveRange(min, max) would allocate.
func (b *Bitmap) LackingRange(min, max uint64) uint64 {
	max = clamp(max)
	if min >= max {
		return 0
	}
	groups := pieces(min, minID(max, chunkIDs), groupIDs)
	chunks := pieces(maxID(min, chunkIDs), max, chunkIDs)
	if r := b.root.Load(); r != nil {
		r.spans(min, max, func(wi uint64, _ []atomic.Uint64) {
			if wi < chunkWords {
				groups--
			} else {
				chunks--
			}
		})
	}
	if max <= groupIDs {
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

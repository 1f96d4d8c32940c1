package bitmap

// Capacity returns how many IDs the allocated memory covers.
func (b *Bitmap) Capacity() uint64 {
	if r := b.root.Load(); r != nil {
		return uint64(r.capacity.Load())
	}
	return 0
}

// Memory returns the bytes allocated, all structures included.
func (b *Bitmap) Memory() uint64 {
	if r := b.root.Load(); r != nil {
		return uint64(r.memory.Load()) + uint64(rootBytes)
	}
	return 0
}

// Reserve secures the memory for all IDs below n, so that no change of them
// takes more.
//
// On error, the backing's refusal, the memory secured so far stays; no ID has
// changed.
func (b *Bitmap) Reserve(n uint64) error {
	_, err := b.ReserveRange(0, n)
	return err
}

// ReserveRange is Reserve for the IDs of [min, max). It reports whether it has
// allocated any memory, also beside an error.
func (b *Bitmap) ReserveRange(min, max uint64) (grew bool, err error) {
	max = clamp(max)
	for id := min; id < max; id = nextPiece(id) {
		got, err := b.secure(id)
		grew = grew || got
		if err != nil {
			return grew, err
		}
	}
	return grew, nil
}

// secure is ReserveRange for one ID of at most MaxID.
func (b *Bitmap) secure(id uint64) (grew bool, err error) {
	for {
		r := b.generation()
		if r.word(id>>6) != nil {
			return false, nil
		}
		// Neither word nor error: a ClearAll came between.
		if w, err := b.grow(r, id>>6, false); w != nil || err != nil {
			return w != nil, err
		}
	}
}

package bitmap

import "errors"

// ErrDetached is the refusal of memory by a set that has been detached: whoever
// meets it looks for the set that is there now.
var ErrDetached = errors.New("detached: it has left what it belonged to")

// Secured is a generation of a Bitmap with memory for the IDs it was secured
// for. What is done to them through it takes no memory: when the generation has
// ended since, by [Bitmap.ClearAll] or [Bitmap.Detach], it comes before that end.
//
// It keeps the generation in memory, so it is for one operation and not to be
// kept.
type Secured struct {
	b *Bitmap
	r *root
}

// Secured returns the present generation if it has memory for all ids below end;
// ok is false if not.
func (b *Bitmap) Secured(ids []uint64, end uint64) (s Secured, ok bool) {
	r := b.root.Load()
	if r == nil {
		r = &none
	}
	for _, id := range ids {
		if id < end && r.near(id) == nil && (id > MaxID || r.word(id>>6) == nil) {
			return Secured{}, false
		}
	}
	return Secured{b, r}, true
}

// Secure gets memory for all ids below end, at most Limit, from source, whose
// Alloc accounts for it; what the bitmap gives up later is given to its own
// backing. It reports whether it has got any, also beside an error.
func (b *Bitmap) Secure(ids []uint64, end uint64, source Backing) (s Secured, grew bool, err error) {
	for {
		r := b.generation()
		ended := false
		for _, id := range ids {
			if id >= end || r.word(id>>6) != nil {
				continue
			}
			w, err := b.growFrom(source, r, id>>6, false)
			if err != nil {
				return Secured{}, grew, err
			}
			if w == nil { // a ClearAll came between
				ended = true
				break
			}
			grew = true
		}
		if !ended {
			return Secured{b, r}, grew, nil
		}
	}
}

// SecureRange is Secure for the IDs of [min, max). If the generation ends
// meanwhile, nothing more is got for it, see [Secured.SetRange].
func (b *Bitmap) SecureRange(min, max uint64, source Backing) (s Secured, grew bool, err error) {
	if max = clamp(max); min >= max {
		return Secured{}, false, nil
	}
	r := b.generation()
	for id := min; id < max; id = nextPiece(id) {
		if r.word(id>>6) != nil {
			continue
		}
		w, err := b.growFrom(source, r, id>>6, false)
		if err != nil {
			return Secured{}, grew, err
		}
		if w == nil {
			break
		}
		grew = true
	}
	return Secured{b, r}, grew, nil
}

// nextPiece returns the first ID whose memory is another piece than that of id.
func nextPiece(id uint64) uint64 {
	step := uint64(groupIDs)
	if id >= chunkIDs {
		step = chunkIDs
	}
	return id/step*step + step
}

// TestAndSet is [Bitmap.TestAndSet] for an ID that memory was secured for.
func (s Secured) TestAndSet(id uint64) bool { return s.r.testAndSet(s.b, id) }

// SetRange is [Bitmap.SetRange] for IDs that memory was secured for. It stops
// when the generation has ended, and returns the first ID that it has not set;
// max if there is none.
func (s Secured) SetRange(min, max uint64) (changed, next uint64) {
	max = clamp(max)
	id := min
	for id < max && s.b.root.Load() == s.r {
		span := s.r.spanAt(id, max)
		changed += uint64(s.r.change(&span, true, groupIDs, nil))
		id = (span.base + groupWords) << 6
	}
	return changed, id
}

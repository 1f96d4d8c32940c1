package bitmap

// Finger finds words as [Bitmap.NextSetWord] and [Bitmap.NextClearWord] do, for who asks
// again and again in ascending order: it stays with a group of words as long as that
// is asked for, and looks at these without their summaries. An ID that is wanted from the
// Finger's first call on to the end of its last is not passed over. A Finger is for one
// goroutine.
type Finger struct {
	b    *Bitmap
	pol  polarity
	at   *group
	base uint64 // index of the group's first word
}

// SetFinger returns a Finger for words that have IDs which are in the set.
func (b *Bitmap) SetFinger() Finger { return Finger{b: b, pol: empties} }

// ClearFinger returns a Finger for words that have IDs which are not in the set.
func (b *Bitmap) ClearFinger() Finger { return Finger{b: b, pol: fulls} }

// Next returns the first word that has wanted IDs of [from, max): its index, and the
// bits of these IDs.
func (f *Finger) Next(from, max uint64) (wi, bits uint64, ok bool) {
	wi = from >> 6
	if k := wi - f.base; f.at != nil && k < groupWords {
		if max = clamp(max); from >= max {
			return 0, 0, false
		}
		if v := f.pol.wanted(f.at[k].Load()) & clip(wi, from, max); v != 0 {
			return wi, v, true
		}
		for k++; k < groupWords; k++ {
			if v := f.pol.wanted(f.at[k].Load()); v != 0 {
				wi = f.base + k
				v &= clip(wi, from, max)
				return wi, v, v != 0
			}
		}
		from = (f.base + groupWords) << 6
	}
	return f.far(from, max)
}

// far is Next for another group.
func (f *Finger) far(from, max uint64) (wi, bits uint64, ok bool) {
	r := f.b.root.Load()
	if r == nil {
		r = &none
	}
	found, ok := r.nextExact(f.pol, from, clamp(max))
	if found.word != nil {
		f.at, f.base = r.groupOf(found.wi), found.wi&^(groupWords-1)
	}
	return found.wi, found.bits, ok
}

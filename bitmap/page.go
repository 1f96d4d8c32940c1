package bitmap

import "math/bits"

// NextSet returns the first ID in [from, max) that is in the set. An ID that
// is there all through the call is not passed over.
func (b *Bitmap) NextSet(from, max uint64) (id uint64, ok bool) {
	r := b.root.Load()
	if r == nil {
		return 0, false
	}
	f, ok := r.nextExact(empties, from, clamp(max))
	if !ok {
		return 0, false
	}
	return f.id(), true
}

// NextClear returns the first ID in [from, max) that is not in the set. An ID
// that is absent all through the call is not passed over.
func (b *Bitmap) NextClear(from, max uint64) (id uint64, ok bool) {
	max = clamp(max)
	r := b.root.Load()
	if r == nil {
		r = &none
	}
	f, ok := r.nextExact(fulls, from, max)
	if !ok {
		return 0, false
	}
	return f.id(), true
}

// AppendSet appends up to n IDs of [from, max) that are in the set to dst, in
// ascending order and as runs, and returns the ID to go on from, which is max
// (or [Limit], if that is less) at the end. Over a whole pass an ID that stays in the set is returned once,
// one that stays out is not, one that changes may be.
func (b *Bitmap) AppendSet(dst []Run, from, max uint64, n int) (runs []Run, next uint64) {
	return b.appendPage(empties, dst, from, max, n)
}

// AppendClear is AppendSet for the IDs that are not in the set.
func (b *Bitmap) AppendClear(dst []Run, from, max uint64, n int) (runs []Run, next uint64) {
	return b.appendPage(fulls, dst, from, max, n)
}

func (b *Bitmap) appendPage(pol polarity, dst []Run, from, max uint64, n int) ([]Run, uint64) {
	max = clamp(max)
	r := b.root.Load()
	if r == nil {
		r = &none
	}
	for n > 0 && from < max {
		f, ok := r.nextExact(pol, from, max)
		if !ok {
			return dst, max
		}
		page := lowest(f.bits, n)
		n -= popcount(page)
		dst = AppendWord(dst, f.wi, page)
		from = f.wi<<6 + uint64(bits.Len64(page))
	}
	return dst, min(from, max)
}

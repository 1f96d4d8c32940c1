package bitmap

import "math/bits"

// Run is the IDs from Start to Start+Len-1.
type Run struct{ Start, Len uint64 }

// Total returns the number of IDs in runs.
func Total(runs []Run) uint64 {
	var n uint64
	for _, r := range runs {
		n += r.Len
	}
	return n
}

// ClaimNext puts one free ID of [min, max) into the set and returns it: the
// lowest, unless other changes are in flight. ok is false only if no ID of
// the range was free all through the call. Like every change that returns no
// error it takes the memory it needs whatever the backing's policy;
// AppendClaim asks.
func (b *Bitmap) ClaimNext(min, max uint64) (id uint64, ok bool) {
	max = clamp(max)
	for {
		r := b.generation()
		f, ok := r.nextFree(min, max)
		if !ok {
			return 0, false
		}
		w := r.word(f.wi)
		if w == nil {
			b.homeSlow(f.wi << 6)
			continue
		}
		for {
			old := w.Load()
			free := ^old & clip(f.wi, min, max)
			if free == 0 {
				break // others took them all
			}
			bit := free & -free
			yield()
			if r.swap(w, f.wi, old, old|bit) { // claims the bit
				r.add(f.wi, 1)
				return f.wi<<6 + uint64(bits.TrailingZeros64(bit)), true
			}
		}
	}
}

// AppendClaim puts up to n free IDs of [min, max) into the set and appends
// them to dst as runs, consecutive IDs joined. Each ID is claimed on its own.
// It appends fewer than n if no further ID was free all through the last part
// of the call, or if the backing refused memory for one: err says so when
// nothing was claimed.
func (b *Bitmap) AppendClaim(dst []Run, min, max uint64, n int) (runs []Run, err error) {
	max = clamp(max)
	had := len(dst)
	for n > 0 {
		r := b.generation()
		f, ok := r.nextFree(min, max)
		if !ok {
			break
		}
		w := r.word(f.wi)
		if w == nil {
			if _, err = b.grow(r, f.wi, false); err == nil {
				continue
			}
			if len(dst) > had {
				err = nil
			}
			return dst, err
		}
		for {
			old := w.Load()
			take := lowest(^old&clip(f.wi, min, max), n)
			if take == 0 {
				break
			}
			yield()
			if r.swap(w, f.wi, old, old|take) { // claims all bits of take
				got := popcount(take)
				r.add(f.wi, got)
				n -= got
				dst = appendBits(dst, f.wi, take)
				break
			}
		}
	}
	return dst, nil
}

// TakeNext takes one ID of [min, max) out of the set and returns it: the
// lowest, unless other changes are in flight. ok is false only if no ID of
// the range was set all through the call.
func (b *Bitmap) TakeNext(min, max uint64) (id uint64, ok bool) {
	var one [1]Run
	if runs := b.AppendTake(one[:0], min, max, 1); len(runs) == 1 {
		return runs[0].Start, true
	}
	return 0, false
}

// AppendTake takes up to n IDs of [min, max) out of the set and appends them
// to dst as runs. Its promises are those of AppendClaim, for set IDs.
func (b *Bitmap) AppendTake(dst []Run, min, max uint64, n int) []Run {
	max = clamp(max)
	for n > 0 {
		r := b.root.Load()
		if r == nil {
			break
		}
		f, ok := r.next(empties, min, max, nil)
		if !ok {
			if f, ok = r.nextExact(empties, min, max); !ok {
				break
			}
		}
		w := r.word(f.wi)
		for {
			old := w.Load()
			take := lowest(old&clip(f.wi, min, max), n)
			if take == 0 {
				break
			}
			yield()
			if r.swap(w, f.wi, old, old&^take) { // frees all bits of take
				got := popcount(take)
				r.add(f.wi, -got)
				r.freed(f.wi)
				n -= got
				dst = appendBits(dst, f.wi, take)
				break
			}
		}
	}
	return dst
}

// nextFree finds a word with free IDs in [min, max), beginning at the claim
// hint. Only a walk of the whole range with suspects says that there is none.
func (r *root) nextFree(min, max uint64) (find, bool) {
	hint := r.claimHint.Load()
	from := maxID(min, hint<<6)
	if f, ok := r.next(fulls, from, max, nil); ok {
		if from == hint<<6 && f.wi > hint {
			// B6: nothing free was seen below f.wi; if an ID was freed
			// there meanwhile, the hint has moved and stays.
			r.claimHint.CompareAndSwap(hint, f.wi)
		}
		return f, true
	}
	return r.nextExact(fulls, min, max)
}

// freed lowers the claim hint to a word that has just got a free ID (B6).
func (r *root) freed(wi uint64) {
	for {
		hint := r.claimHint.Load()
		if wi >= hint || r.claimHint.CompareAndSwap(hint, wi) {
			return
		}
	}
}

// appendBits appends the IDs of the set bits of w as runs, joining the first
// to the last run of dst where they touch.
func appendBits(dst []Run, wi, w uint64) []Run {
	base := wi << 6
	for w != 0 {
		start := bits.TrailingZeros64(w)
		n := bits.TrailingZeros64(^(w >> start))
		id := base + uint64(start)
		if k := len(dst) - 1; k >= 0 && dst[k].Start+dst[k].Len == id {
			dst[k].Len += uint64(n)
		} else {
			dst = append(dst, Run{id, uint64(n)})
		}
		if start+n == 64 {
			break
		}
		w &= full << (start + n)
	}
	return dst
}

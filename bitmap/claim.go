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
	if id, ok := b.claimAtHint(min, max); ok {
		return id, true
	}
	for {
		r := b.generation()
		f, ok := r.nextFree(min, max)
		if !ok {
			return 0, false
		}
		if f.word == nil {
			b.home(f.wi << 6)
			continue
		}
		if id, ok := r.claimIn(f, clip(f.wi, min, max)); ok {
			return id, true
		}
	}
}

// claimAtHint is ClaimNext for the usual case: the word of the claim hint lies
// in the range and has a free ID, and nobody is in the way.
func (b *Bitmap) claimAtHint(min, max uint64) (id uint64, ok bool) {
	r := b.generation()
	wi := r.claimHint.Load()
	if wi<<6 < min || (wi+1)<<6 > max {
		return 0, false
	}
	w := r.word(wi)
	if w == nil {
		return 0, false
	}
	old := w.Load()
	new := old | (old + 1) // the lowest free bit
	yield()
	if crosses(old, new) || !w.CompareAndSwap(old, new) { // claims the bit
		return 0, false
	}
	r.add(wi, 1)
	return wi<<6 + uint64(bits.TrailingZeros64(^old)), true
}

// claimIn claims the lowest free ID under mask in the word of f; ok is false
// when others have taken them all.
func (r *root) claimIn(f find, mask uint64) (id uint64, ok bool) {
	for {
		old := f.word.Load()
		free := mask &^ old
		if free == 0 {
			return 0, false
		}
		bit := free & -free
		yield()
		if r.swap(f.word, f.wi, old, old|bit) { // claims the bit
			r.add(f.wi, 1)
			return f.wi<<6 + uint64(bits.TrailingZeros64(bit)), true
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
	if n == 1 {
		if id, ok := b.claimAtHint(min, max); ok {
			return appendRun(dst, id, 1), nil
		}
	}
	left := n
	for left > 0 {
		r := b.generation()
		f, ok := r.nextFree(min, max)
		if !ok {
			break
		}
		if f.word == nil {
			if _, err = b.grow(r, f.wi, false); err == nil {
				continue
			}
			if left < n {
				err = nil
			}
			return dst, err
		}
		var got int
		dst, got = r.appendHandOut(dst, f, min, max, left, true)
		left -= got
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
	from := min
	for n > 0 {
		r := b.root.Load()
		if r == nil {
			break
		}
		f, ok := r.next(empties, from, max, nil)
		if !ok {
			if f, ok = r.nextExact(empties, min, max); !ok {
				break
			}
		}
		var got int
		dst, got = r.appendHandOut(dst, f, min, max, n, false)
		n -= got
		from = f.wi << 6
		from = maxID(min, from)
	}
	return dst
}

// appendHandOut claims (or takes) up to n IDs of [min, max) in the group of f,
// from the word of f on, and appends them to dst.
func (r *root) appendHandOut(dst []Run, f find, min, max uint64, n int, claim bool) ([]Run, int) {
	if n < wordIDs {
		return r.appendFromWord(dst, f, clip(f.wi, min, max), n, claim)
	}
	s := r.spanAt(maxID(min, f.wi<<6), max)
	var out [groupWords]uint64
	got := r.change(&s, claim, n, &out)
	for k, seen := s.lo, 0; seen < got; k++ {
		if out[k] != 0 {
			seen += popcount(out[k])
			dst = AppendWord(dst, s.base+k, out[k])
		}
	}
	return dst, got
}

// appendFromWord is appendHandOut for the word of f alone.
func (r *root) appendFromWord(dst []Run, f find, mask uint64, n int, claim bool) ([]Run, int) {
	take := r.handOut(f.word, f.wi, mask, n, claim)
	return AppendWord(dst, f.wi, take), popcount(take)
}

// nextFree finds a word with free IDs in [min, max), beginning at the claim
// hint. Only a walk of the whole range with suspects says that there is none.
func (r *root) nextFree(min, max uint64) (find, bool) {
	hint := r.claimHint.Load()
	from := maxID(min, hint<<6)
	if from < max {
		if f, ok := r.here(fulls, from, max); ok {
			return f, true
		}
		if f, ok := r.next(fulls, from, max, nil); ok {
			if from == hint<<6 && f.wi > hint {
				r.raiseHint(hint, f.wi)
			}
			return f, true
		}
	}
	return r.nextExact(fulls, min, max)
}

// raiseHint moves the claim hint from the word old up to wi, below which a walk
// saw nothing free. Whoever freed an ID there before the move may have seen the
// old hint and left it, so after the move the words in between are looked at
// again (B6).
func (r *root) raiseHint(old, wi uint64) {
	if !r.claimHint.CompareAndSwap(old, wi) {
		return
	}
	if f, ok := r.nextExact(fulls, old<<6, wi<<6); ok {
		r.freed(f.wi)
	}
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

// AppendWord appends to dst the IDs whose bits of w, the word wi, are set as runs,
// joining the first to the last run of dst where they touch.
func AppendWord(dst []Run, wi, w uint64) []Run {
	base := wi << 6
	if k := len(dst) - 1; w == full && k >= 0 && dst[k].Start+dst[k].Len == base {
		dst[k].Len += wordIDs
		return dst
	}
	for w != 0 {
		start := bits.TrailingZeros64(w)
		n := bits.TrailingZeros64(^(w >> start))
		dst = appendRun(dst, base+uint64(start), uint64(n))
		if start+n == 64 {
			break
		}
		w &= full << (start + n)
	}
	return dst
}

// appendRun appends the n IDs from start on, joining them to the last run of
// dst where they touch.
func appendRun(dst []Run, start, n uint64) []Run {
	if k := len(dst) - 1; k >= 0 && dst[k].Start+dst[k].Len == start {
		dst[k].Len += n
		return dst
	}
	return append(dst, Run{start, n})
}

package bitmap

// What an operation will cost, for callers with no time for more than so much.
// The answers are those of the moment: other changes may make them wrong.

// ReachesSet reports whether the next n IDs of [from, max) that are in the set,
// or the end of the range if there are fewer, lie in the next words words that
// have any. It costs the walk over them.
func (b *Bitmap) ReachesSet(from, max uint64, n, words int) bool {
	return b.reaches(empties, from, max, n, words)
}

// ReachesClear is ReachesSet for IDs that are not in the set.
func (b *Bitmap) ReachesClear(from, max uint64, n, words int) bool {
	return b.reaches(fulls, from, max, n, words)
}

func (b *Bitmap) reaches(pol polarity, from, max uint64, n, words int) bool {
	max = clamp(max)
	r := b.root.Load()
	if r == nil {
		r = &none
	}
	for n > words { // a word has one at least
		if words == 0 {
			return false
		}
		f, ok := r.next(pol, from, max, nil)
		if !ok {
			break
		}
		n -= popcount(f.bits)
		words--
		from = (f.wi + 1) << 6
	}
	return true
}

// DrawCost returns about how many words a Sampler looks at to draw n IDs; with
// distinct, n different ones.
func (b *Bitmap) DrawCost(n int, distinct bool) uint64 {
	r := b.root.Load()
	if r == nil || n <= 0 {
		return 0
	}
	slots := uint64(r.capacity.Load())
	count := min(r.count(), slots)
	if count == 0 {
		return 0
	}
	chunks := slots / chunkIDs
	walk := min(count, slots/wordIDs) + chunks
	cost := uint64(n)
	if throws := slots / count; throws <= walk/uint64(n) {
		cost *= max(throws, 1)
	} else {
		cost += walk
	}
	if x := r.wide.Load(); x != nil {
		if known := x.survey.Load(); known == nil || known.slots != slots {
			cost += chunks
		}
	}
	if distinct && uint64(n) > count/3 {
		cost += min(count, slots/wordIDs) // all of them, to choose from
	}
	return cost
}

// Homeless reports whether those of ids that lie below max lack more than n
// pieces of memory.
func (b *Bitmap) Homeless(ids []uint64, max uint64, n int) bool {
	if len(ids) <= n {
		return false
	}
	max = clamp(max)
	last, runs := uint64(0), 0
	for _, id := range ids {
		if id < max && !b.Allocated(id) {
			if home := homeOf(id); runs == 0 || home != last {
				last = home
				runs++
			}
		}
	}
	if runs <= n { // nearly always
		return false
	}
	homes := make(map[uint64]struct{}, n)
	for _, id := range ids {
		if id < max && !b.Allocated(id) {
			if homes[homeOf(id)] = struct{}{}; len(homes) > n {
				return true
			}
		}
	}
	return false
}

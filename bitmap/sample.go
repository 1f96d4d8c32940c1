package bitmap

import (
	"math/bits"
	"math/rand/v2"
	"slices"
)

// Sampler draws IDs of bitmaps at random. It keeps memory from draw to draw;
// its zero value is ready. A Sampler is for one goroutine; any number may work
// beside each other and beside changes.
//
// Every draw takes each ID that is in the set with the same probability,
// however the IDs lie. An ID that comes or goes meanwhile may be drawn.
type Sampler struct {
	ranks []uint64
	seen  map[uint64]struct{}
}

// keepDraws is how many draws a Sampler keeps memory for: 32 KiB at most.
const keepDraws = 1024

// Append appends n IDs of b to dst, drawn one independently of the other, so
// that one ID may come several times. It appends nothing if the set is empty.
func (s *Sampler) Append(dst []uint64, b *Bitmap, n int) []uint64 {
	want := len(dst) + n
	for len(dst) < want {
		r := b.root.Load()
		if r == nil {
			break
		}
		land := r.surveyed()
		count := min(r.count(), land.slots)
		// One reading of the announcements is enough for all that follows: an
		// ID that is in the set all through it can be hidden only by a change
		// that was announced before.
		var hidden suspects
		hidden.collectCalm(r)
		if left := uint64(want - len(dst)); land.throwsAreCheaper(count, left) {
			if dst = land.throw(dst, want, count, &hidden); len(dst) == want {
				break
			}
		}
		before := len(dst)
		dst = s.pick(dst, land, want-len(dst), max(count, 1), &hidden)
		if len(dst) == before {
			if _, ok := b.NextSet(0, Limit); !ok {
				break
			}
		}
	}
	return dst
}

// AppendDistinct appends n different IDs of b to dst, any n with the same
// probability and in random order: all of them if there are no more than n.
func (s *Sampler) AppendDistinct(dst []uint64, b *Bitmap, n int) []uint64 {
	return s.Distinct(dst, n, b.Count,
		func(dst []uint64, n int) []uint64 { return s.Append(dst, b, n) },
		func() Iter { return b.IterSet(0, Limit) })
}

// Distinct is AppendDistinct for a set of which others know how many IDs it has, how n of them
// are appended that are drawn one independently of the other, and which they all are.
func (s *Sampler) Distinct(dst []uint64, n int, count func() uint64, draw func(dst []uint64, n int) []uint64, all func() Iter) []uint64 {
	start := len(dst)
	if s.seen == nil {
		s.seen = make(map[uint64]struct{})
	}
	defer s.forgetSeen()
	// Draws repeat themselves little while n is a third of the set at most.
	// The rounds are bounded, for the set may shrink meanwhile.
	for round := 0; round < 16 && uint64(n) <= count()/3; round++ {
		draws := len(dst)
		dst = draw(dst, start+n-draws)
		fresh := dst[:draws]
		for _, id := range dst[draws:] {
			if _, ok := s.seen[id]; !ok {
				s.seen[id] = struct{}{}
				fresh = append(fresh, id)
			}
		}
		if dst = fresh; len(dst) == start+n {
			return dst
		}
	}
	// All others are looked at, and n are kept: a reservoir (J. S. Vitter, "Random
	// sampling with a reservoir", 1985, algorithm R). There may be any number of
	// them by now.
	dst = dst[:start]
	it := all()
	for seen := 1; ; seen++ {
		id, ok := it.Next()
		if !ok {
			break
		}
		if len(dst) < start+n {
			dst = append(dst, id)
		} else if i := rand.IntN(seen); i < n {
			dst[start+i] = id
		}
	}
	drawn := dst[start:]
	rand.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	return dst
}

// forgetSeen makes the Sampler ready for the next draw.
func (s *Sampler) forgetSeen() {
	if len(s.seen) > keepDraws {
		s.seen = nil
	}
	clear(s.seen)
}

// pick draws n ranks below count and appends the IDs that have them, in random
// order: short if there are fewer IDs than count.
func (s *Sampler) pick(dst []uint64, land *survey, n int, count uint64, hidden *suspects) []uint64 {
	ranks := s.ranks[:0]
	for range n {
		ranks = append(ranks, rand.Uint64N(count))
	}
	if cap(ranks) <= keepDraws {
		s.ranks = ranks
	}
	slices.Sort(ranks)

	drawn := len(dst)
	var passed uint64
	land.walk(hidden, func(wi, ids uint64) bool {
		k := uint64(popcount(ids))
		for len(ranks) > 0 && ranks[0] < passed+k {
			dst = append(dst, wi*wordIDs+selectBit(ids, ranks[0]-passed))
			ranks = ranks[1:]
		}
		passed += k
		return len(ranks) > 0
	})
	picked := dst[drawn:]
	rand.Shuffle(len(picked), func(i, j int) { picked[i], picked[j] = picked[j], picked[i] })
	return dst
}

// selectBit returns the position of the set bit of w that has rank set bits
// below it.
func selectBit(w, rank uint64) uint64 {
	for range rank {
		w &= w - 1
	}
	return uint64(bits.TrailingZeros64(w))
}

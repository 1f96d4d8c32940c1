package tracker

import (
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Sampler draws IDs of trackers at random, each with the same probability. It
// keeps memory from draw to draw and is for one goroutine; its zero value is
// ready.
type Sampler = bitmap.Sampler

// Sample appends n existing IDs to dst, drawn one independently of the other:
// one ID may come several times. It appends nothing if no ID exists.
func (t *Tracker) Sample(dst []uint64, n int, s *Sampler) []uint64 {
	had := len(dst)
	if dst = s.Append(dst, &t.bits, n); t.flight() == nil {
		return dst
	}
	return t.sampleGrounded(dst[:had], n, s)
}

// SampleDistinct appends n different existing IDs to dst, in random order: all
// of them if there are no more than n.
func (t *Tracker) SampleDistinct(dst []uint64, n int, s *Sampler) []uint64 {
	if t.flight() == nil {
		had := len(dst)
		if dst = s.AppendDistinct(dst, &t.bits, n); t.flight() == nil {
			return dst
		}
		dst = dst[:had]
	}
	return s.Distinct(dst, n, t.Count,
		func(dst []uint64, n int) []uint64 { return t.sampleGrounded(dst, n, s) },
		func() bitmap.Iter { return t.sequential(Set, Everything).Iter })
}

// sampleGrounded is Sample where IDs may be in flight. Of IDs that are drawn alike,
// those that exist are so, too; where few of them do, all are counted.
func (t *Tracker) sampleGrounded(dst []uint64, n int, s *Sampler) []uint64 {
	want := len(dst) + n
	for tries := 256 + 16*n; len(dst) < want && tries > 0; {
		drawn := len(dst)
		dst = s.Append(dst, &t.bits, want-drawn)
		if len(dst) == drawn {
			return dst
		}
		tries -= len(dst) - drawn
		kept := dst[:drawn]
		for _, id := range dst[drawn:] {
			if t.exists(id) {
				kept = append(kept, id)
			}
		}
		dst = kept
	}
	for len(dst) < want {
		picked := len(dst)
		dst = t.pickGrounded(dst, want-picked)
		if len(dst) == picked {
			if _, some := t.First(Set, Everything); !some {
				break
			}
		}
	}
	return dst
}

// pickGrounded draws n ranks among the existing IDs and appends those that have them, in
// random order: fewer if IDs have gone since they were counted.
func (t *Tracker) pickGrounded(dst []uint64, n int) []uint64 {
	count, drawn := max(t.Count(), 1), len(dst)
	ranks := make([]uint64, n)
	for i := range ranks {
		ranks[i] = rand.Uint64N(count)
	}
	slices.Sort(ranks)
	s, passed := t.Select(Set, Mask{}), uint64(0)
	w := s.walk()
	for from := uint64(0); len(ranks) > 0; {
		wi, word, ok := w.next(&s, from, Limit)
		if !ok {
			break
		}
		for ; word != 0; word &= word - 1 {
			for len(ranks) > 0 && ranks[0] == passed {
				dst, ranks = append(dst, wi<<6+uint64(bits.TrailingZeros64(word))), ranks[1:]
			}
			passed++
		}
		from = (wi + 1) << 6
	}
	picked := dst[drawn:]
	rand.Shuffle(len(picked), func(i, j int) { picked[i], picked[j] = picked[j], picked[i] })
	return dst
}

// Pop removes n existing IDs drawn at random and appends them to dst: fewer if
// no more exist. Of all who pop, take or remove an ID at the same time one
// gets it.
func (t *Tracker) Pop(dst []uint64, n int, s *Sampler) []uint64 {
	had := len(dst)
	want := had + n
	for len(dst) < want {
		drawn := len(dst)
		dst = t.SampleDistinct(dst, want-drawn, s)
		if len(dst) == drawn {
			break
		}
		popped := dst[:drawn]
		for _, id := range dst[drawn:] {
			if t.takeID(id) {
				popped = append(popped, id)
			}
		}
		dst = popped
	}
	t.countTaken(uint64(len(dst) - had))
	return dst
}

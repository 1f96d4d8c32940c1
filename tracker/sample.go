package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// Sampler draws IDs of trackers at random, each with the same probability. It
// keeps memory from draw to draw and is for one goroutine; its zero value is
// ready.
type Sampler = bitmap.Sampler

// Sample appends n existing IDs to dst, drawn one independently of the other:
// one ID may come several times. It appends nothing if no ID exists.
func (t *Tracker) Sample(dst []uint64, n int, s *Sampler) []uint64 {
	return s.Append(dst, &t.bits, n)
}

// SampleDistinct appends n different existing IDs to dst, in random order: all
// of them if there are no more than n.
func (t *Tracker) SampleDistinct(dst []uint64, n int, s *Sampler) []uint64 {
	return s.AppendDistinct(dst, &t.bits, n)
}

// Pop removes n existing IDs drawn at random and appends them to dst: fewer if
// no more exist. Of all who pop, take or remove an ID at the same time one
// gets it.
func (t *Tracker) Pop(dst []uint64, n int, s *Sampler) []uint64 {
	had := len(dst)
	want := had + n
	for len(dst) < want {
		drawn := len(dst)
		dst = s.AppendDistinct(dst, &t.bits, want-drawn)
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

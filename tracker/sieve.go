package tracker

import "slices"

// Where the IDs of a range are scrambled those of neighbouring ranks lie far apart. To
// count them by rank takes a walk over all IDs of the class: they are kept, if they are
// no more than deckRanks, or else counted.

// deckRanks is how many ranks are kept: 8 MiB.
const deckRanks = 1 << 20

// deck is ranks, ascending.
type deck []uint64

func (d deck) total() uint64 { return uint64(len(d)) }

func (d deck) before(rank uint64) uint64 {
	i, _ := slices.BinarySearch(d, rank)
	return uint64(i)
}

func (d deck) at(i uint64) (uint64, bool) {
	if i >= uint64(len(d)) {
		return 0, false
	}
	return d[i], true
}

func (d deck) collect(dst []uint64, first, n uint64) []uint64 {
	return append(dst, d[min(first, d.total()):min(first+n, d.total())]...)
}

// sieve is how many ranks of a class lie in each cell of all ranks. In a cell they are
// tried one by one.
type sieve struct {
	of    *Selection
	place *placing
	ranks uint64
	size  uint64
	upTo  []uint64
}

// sift returns the ranks of the IDs of r that are wanted, as a deck or a sieve.
func sift(of *Selection, place *placing, r Range, buffer []uint64) ranked {
	s := &sieve{of: of, place: place, ranks: r.Len()}
	s.size = (s.ranks + tallyCells - 1) / tallyCells
	s.upTo = make([]uint64, (s.ranks+s.size-1)/s.size+1)
	kept, all := deck(buffer[:0]), true
	for id := range of.all(r) {
		rank := place.rank(id)
		s.upTo[rank/s.size+1]++
		if all = all && len(kept) < deckRanks; all {
			kept = append(kept, rank)
		}
	}
	if all {
		slices.Sort(kept)
		return kept
	}
	for i := range s.upTo[1:] {
		s.upTo[i+1] += s.upTo[i]
	}
	return s
}

func (s *sieve) total() uint64 { return s.upTo[len(s.upTo)-1] }

func (s *sieve) before(rank uint64) uint64 {
	if rank >= s.ranks {
		return s.total()
	}
	k := rank / s.size
	n := s.upTo[k]
	for i := k * s.size; i < rank; i++ {
		if s.of.has(s.place.id(i)) {
			n++
		}
	}
	return min(n, s.upTo[k+1])
}

func (s *sieve) at(i uint64) (rank uint64, ok bool) {
	k, _ := slices.BinarySearch(s.upTo, i+1)
	if k == len(s.upTo) {
		return 0, false
	}
	k--
	i -= s.upTo[k]
	for rank = uint64(k) * s.size; rank < min(uint64(k+1)*s.size, s.ranks); rank++ {
		if s.of.has(s.place.id(rank)) {
			if i == 0 {
				return rank, true
			}
			i--
		}
	}
	return 0, false
}

func (s *sieve) collect(dst []uint64, first, n uint64) []uint64 {
	rank, ok := s.at(first)
	for ; ok && n > 0 && rank < s.ranks; rank++ {
		if s.of.has(s.place.id(rank)) {
			dst = append(dst, rank)
			n--
		}
	}
	return dst
}

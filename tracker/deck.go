package tracker

import "slices"

// deckRanks is how many ranks are kept: 8 MiB.
const deckRanks = 1 << 20

// deck is ranks, ascending. Where the IDs of a range are scrambled those of
// neighbouring ranks lie far apart: to know which ranks a class has takes a walk over
// all its IDs.
type deck []uint64

// deal returns the ranks of the class; nil if they are more than are kept, or the client
// has gone.
func (c *drawing) deal() ranked {
	var kept deck
	for m := range c.all() {
		id := uint64(m)
		if len(kept) == deckRanks {
			return nil
		}
		kept = append(kept, c.scrambling.rank(id))
	}
	slices.Sort(kept)
	return kept
}

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

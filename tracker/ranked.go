package tracker

// ranked is a set of ranks that can be counted and picked from. Beside changes it is
// that of a moment gone by, and may have no rank where one was counted.
type ranked interface {
	// total is how many ranks there are, and before how many of them lie before rank.
	total() uint64
	before(rank uint64) uint64
	// at returns the rank before which so many lie.
	at(i uint64) (rank uint64, ok bool)
	// collect appends up to n ranks from the one before which first lie.
	collect(dst []uint64, first, n uint64) []uint64
}

// everyRank is all ranks below a number.
type everyRank uint64

func (e everyRank) total() uint64              { return uint64(e) }
func (e everyRank) before(rank uint64) uint64  { return min(rank, uint64(e)) }
func (e everyRank) at(i uint64) (uint64, bool) { return i, i < uint64(e) }
func (e everyRank) collect(dst []uint64, first, n uint64) []uint64 {
	for i := range n {
		dst = append(dst, first+i)
	}
	return dst
}

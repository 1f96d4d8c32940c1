package tracker

// Partition returns part index of total equal parts of r: disjoint, covering
// r together, all of one size but for the last ones, which are shorter or
// empty. It depends on nothing but its arguments, so workers can compute their
// parts without talking to each other. total is 1 to [MaxPartitions].
func Partition(r Range, index, total uint64) (Range, error) {
	if total == 0 || total > MaxPartitions {
		return Range{}, ErrInvalidTotal
	}
	if index >= total {
		return Range{}, ErrInvalidIndex
	}
	n := r.Len()
	size := n / total
	if n%total != 0 {
		size++
	}
	start := min(index*size, n) // at most n + total: no overflow
	return Range{r.Min + start, r.Min + min(start+size, n)}, nil
}

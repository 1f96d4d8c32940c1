package tracker

// Partition returns the iterator of part index of total, in ascending order:
// each worker makes its own, without coordination (see the function
// [Partition]). The range must have an end.
func (b Builder) Partition(index, total uint64) (*Sequential, error) {
	r, err := b.closed()
	if err != nil {
		return nil, err
	}
	part, err := Partition(r, index, total)
	if err != nil {
		return nil, err
	}
	return b.tracker.sequential(b.filter, part), nil
}

// Partitioned returns the iterators of all n parts.
func (b Builder) Partitioned(n uint64) ([]*Sequential, error) {
	if n == 0 || n > MaxPartitions {
		return nil, ErrInvalidTotal
	}
	parts := make([]*Sequential, n)
	for i := range parts {
		var err error
		if parts[i], err = b.Partition(uint64(i), n); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

package idfile

// joiner makes one run of those that follow each other without a gap.
type joiner struct {
	start, n uint64
	to       func(start, n uint64) error
}

func (j *joiner) add(start, n uint64) error {
	if j.n > 0 && start == j.start+j.n {
		j.n += n
		return nil
	}
	err := j.flush()
	j.start, j.n = start, n
	return err
}

func (j *joiner) flush() error {
	if j.n == 0 {
		return nil
	}
	n := j.n
	j.n = 0
	return j.to(j.start, n)
}

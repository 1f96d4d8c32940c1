package resp

// connTable is connections by file descriptor. It grows by a page at a time and is
// not copied for that: who gets much memory at once, while the collector is at work
// among many prefixes, has to do as much of its work.
type connTable []*[connPage]*loopConn

const connPage = 256

// end is behind the last number that there may be.
func (t connTable) end() int { return len(t) * connPage }

// at returns nil for a number that has none.
func (t connTable) at(number int) *loopConn {
	if number < 0 || number >= t.end() {
		return nil
	}
	return t[number/connPage][number%connPage]
}

func (t *connTable) put(number int, lc *loopConn) {
	for number >= t.end() {
		*t = append(*t, new([connPage]*loopConn))
	}
	(*t)[number/connPage][number%connPage] = lc
}

package tracker

import (
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// ScanRuns is [Selection.Scan] for a page of runs: dst is filled up to n of them, and none
// ends because the page does, however many IDs it has. If s has stopped, the page is gone on
// with by the same call from next on: a run that was cut there grows.
//
// It costs what the runs do, and not what their IDs do, but where what exists may be in
// flight: there each word is looked at.
func (s *Selection) ScanRuns(dst []Run, r Range, cursor uint64, n int) (runs []Run, next uint64, err error) {
	s.begin()
	r, from, err := s.resume(r, cursor)
	if err != nil {
		return dst, 0, err
	}
	dst, next = s.appendRuns(dst, from, r.Max, n)
	if next >= r.Max {
		next = 0
	}
	return dst, next, nil
}

// appendRuns appends the wanted IDs of [from, max) to dst as runs, until it has n of them
// that are whole, and returns the ID to go on from, max at the end.
func (s *Selection) appendRuns(dst []Run, from, max uint64, n int) (runs []Run, next uint64) {
	w := s.walk()
	for from < max {
		wi, word, ok := w.next(s, from, max)
		if !ok {
			return dst, s.at
		}
		room := n - len(dst)
		if first := wi<<6 + uint64(bits.TrailingZeros64(word)); len(dst) > 0 && end(dst) == first {
			room++
		} else if room == 0 {
			return dst, first
		}
		dst = bitmap.AppendWord(dst, wi, lowestRuns(word, room))
		from = end(dst)
		switch {
		case len(dst) == n && from&63 != 0: // the page is whole, and nobody looks for what comes behind it
			return dst, from
		case word == ^uint64(0):
			from = w.reach(s, from, max)
			dst[len(dst)-1].Len = from - dst[len(dst)-1].Start
		}
	}
	return dst, min(from, max)
}

// reach returns an ID up to which all from from on are wanted, as far as that can be told
// without a look at each word.
func (w *walk) reach(s *Selection, from, max uint64) uint64 {
	if s.weighs() {
		return from
	}
	to := max
	for i := range w.n {
		to = w.conditions[i].reach(from, to)
		s.walked++
	}
	if s.weighs() {
		return from
	}
	return to
}

// weighs tells whether to exist is a matter of two bitmaps for what s wants: they have to be
// looked at together.
func (s *Selection) weighs() bool {
	return s.filter == Set && s.tracker.flight() != nil || s.mask.only != nil && s.mask.only.flight() != nil
}

// end is the ID behind the last of runs.
func end(runs []Run) uint64 {
	last := runs[len(runs)-1]
	return last.Start + last.Len
}

// lowestRuns returns those bits of word that lie in its first n runs.
func lowestRuns(word uint64, n int) uint64 {
	starts := word &^ (word << 1)
	for ; n > 0 && starts != 0; n-- {
		starts &= starts - 1
	}
	return word & (starts&-starts - 1)
}

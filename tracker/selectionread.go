package tracker

import (
	"iter"
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Plain tells whether the tracker's bitmap alone knows what is wanted. It is asked
// before the bitmap is, and again after that: what is in flight was not so before there
// was a flight, so who finds none by then was told the truth.
func (s *Selection) Plain() bool {
	return s.mask.isZero() && (s.filter >= Unset || s.tracker.flight() == nil)
}

// Has tells whether id is wanted.
func (s *Selection) Has(id uint64) bool {
	if s.Plain() {
		is := s.filter == All || s.tracker.bits.Test(id) == (s.filter != Unset)
		if s.Plain() {
			return is
		}
	}
	return s.word(id>>6)>>(id&63)&1 != 0
}

// hasEach tells which of ids, 64 at most, are wanted: bit i is that of ids[i].
func (s *Selection) hasEach(ids []uint64) (is uint64) {
	if s.Plain() && s.filter != All {
		is = s.tracker.bits.TestEach(ids)
		if s.filter == Unset {
			is ^= 1<<len(ids) - 1
		}
		if s.Plain() {
			return is
		}
	}
	is = 0
	for i, id := range ids {
		is |= s.word(id>>6) >> (id & 63) & 1 << i
	}
	return is
}

// first returns the smallest wanted ID of [from, max).
func (s *Selection) first(from, max uint64) (id uint64, ok bool) {
	if s.Plain() {
		switch s.filter {
		case Set, Held:
			id, ok = s.tracker.bits.NextSet(from, max)
		case Unset:
			id, ok = s.tracker.bits.NextClear(from, max)
		default:
			id, ok = from, from < max
		}
		if s.Plain() {
			return id, ok
		}
	}
	wi, word, ok := s.next(from, max)
	return wi<<6 + uint64(bits.TrailingZeros64(word))&63, ok
}

// append appends up to n wanted IDs of [from, max) to dst, ascending, as runs, and
// returns the ID to go on from, max at the end. There are fewer than n before the end
// only if it has stopped.
func (s *Selection) append(dst []Run, from, max uint64, n int) (runs []Run, next uint64) {
	if s.Plain() {
		var last Run // which may be joined
		if len(dst) > 0 {
			last = dst[len(dst)-1]
		}
		if runs, next = s.appendPlain(dst, from, max, n); s.Plain() {
			return runs, next
		}
		if len(dst) > 0 {
			dst[len(dst)-1] = last
		}
	}
	w := s.walk()
	for n > 0 && from < max {
		wi, word, ok := w.next(s, from, max)
		if !ok {
			return dst, s.at
		}
		page := bitmap.Lowest(word, n)
		n -= bits.OnesCount64(page)
		dst = bitmap.AppendWord(dst, wi, page)
		from = wi<<6 + uint64(bits.Len64(page))
	}
	return dst, min(from, max)
}

func (s *Selection) appendPlain(dst []Run, from, to uint64, n int) (runs []Run, next uint64) {
	switch s.filter {
	case Set, Held:
		return s.tracker.bits.AppendSet(dst, from, to, n)
	case Unset:
		return s.tracker.bits.AppendClear(dst, from, to, n)
	}
	if k := min(uint64(max(n, 0)), Range{from, to}.Len()); k > 0 {
		return append(dst, Run{Start: from, Len: k}), from + k
	}
	return dst, from
}

// all returns the wanted IDs of r, ascending.
func (s *Selection) all(r Range) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for from := r.Min; ; {
			wi, word, ok := s.next(from, r.Max)
			if !ok {
				return
			}
			for ; word != 0; word &= word - 1 {
				if !yield(wi<<6 + uint64(bits.TrailingZeros64(word))) {
					return
				}
			}
			from = (wi + 1) << 6
		}
	}
}

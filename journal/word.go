package journal

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"
)

const full = ^uint64(0)

// appendWord appends the state v of the word wi, as short as it can.
func appendWord(b []byte, wi, v uint64) []byte {
	switch v {
	case 0:
		return append(binary.AppendUvarint(b, wi<<3|kZero), 1)
	case full:
		return append(binary.AppendUvarint(b, wi<<3|kFull), 1)
	}
	kind, x, mask := uint64(kSparse), v, nonzero(v)
	if m := nonzero(^v); bits.OnesCount8(m) < bits.OnesCount8(mask) {
		kind, x, mask = kDense, ^v, m
	}
	if bits.OnesCount8(mask) >= 7 { // the mask costs more than it saves
		b = binary.AppendUvarint(b, wi<<3|kLiteral)
		return binary.LittleEndian.AppendUint64(b, v)
	}
	b = append(binary.AppendUvarint(b, wi<<3|kind), mask)
	for ; mask != 0; mask &= mask - 1 {
		b = append(b, byte(x>>(8*bits.TrailingZeros8(mask))))
	}
	return b
}

// nonzero has a bit for each byte of v that is not 0.
func nonzero(v uint64) uint8 {
	v |= v >> 4
	v |= v >> 2
	v |= v >> 1
	v &= 0x0101010101010101
	return uint8(v * 0x0102040810204080 >> 56)
}

// literals is how many words are read before they are appended: their number
// comes first, and each is read once.
const literals = 128

// sweep appends the state of a region: of the words that have memory, and that
// there is none between them. It is made once, for its function is.
type sweep struct {
	zeros   bool // they are appended, too: it may have been something else before
	buf     []byte
	at      uint64 // the words before are done
	limit   int    // how many words may still be looked at
	stopped bool   // by the limit
	between [literals]uint64
	visit   func(wi uint64, words []atomic.Uint64) bool
}

func newSweep(zeros bool) *sweep {
	s := &sweep{zeros: zeros}
	s.visit = s.see
	return s
}

// region appends the words from wi to end until it has looked at limit of them.
// It returns where it has come to, and what is left of the limit.
func (s *sweep) region(b []byte, w Words, wi, end uint64, limit int) (buf []byte, at uint64, left int) {
	s.buf, s.at, s.limit, s.stopped = b, wi, max(limit, 1), false
	w.Spans(wi, end-wi, s.visit)
	if !s.stopped {
		s.skip(end)
	}
	buf, s.buf = s.buf, nil
	return buf, s.at, s.limit - 1 // a region without memory has been looked at, too
}

func (s *sweep) see(wi uint64, words []atomic.Uint64) bool {
	if s.limit <= 0 {
		s.stopped = true
		return false
	}
	if len(words) > s.limit {
		words, s.stopped = words[:s.limit], true
	}
	s.skip(wi)
	s.words(wi, words)
	s.limit -= len(words)
	s.at = wi + uint64(len(words))
	return !s.stopped
}

// skip is past the words before to, which have no memory.
func (s *sweep) skip(to uint64) {
	if s.zeros && to > s.at {
		s.buf = appendRun(s.buf, kZero, s.at, to-s.at)
	}
	s.at = to
}

// words appends the state of words, the first of which is wi: runs of full and of
// zero ones, and what lies between.
func (s *sweep) words(wi uint64, words []atomic.Uint64) {
	b := s.buf
	for len(words) > 0 {
		n := 0
		for n < len(words) && n < literals {
			v := words[n].Load()
			if v == 0 || v == full {
				break
			}
			s.between[n] = v
			n++
		}
		switch {
		case n == 0:
			v := words[0].Load() // it may have changed
			n = 1
			if v != 0 && v != full {
				b = appendWord(b, wi, v)
				break
			}
			for n < len(words) && words[n].Load() == v {
				n++
			}
			switch {
			case v == full:
				b = appendRun(b, kFull, wi, uint64(n))
			case s.zeros:
				b = appendRun(b, kZero, wi, uint64(n))
			}
		case n <= 2: // each by itself is shorter than 8 bytes, mostly
			for i, v := range s.between[:n] {
				b = appendWord(b, wi+uint64(i), v)
			}
		default:
			b = appendRun(b, kLiterals, wi, uint64(n))
			for _, v := range s.between[:n] {
				b = binary.LittleEndian.AppendUint64(b, v)
			}
		}
		wi += uint64(n)
		words = words[n:]
	}
	s.buf = b
}

func appendRun(b []byte, kind, wi, n uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, wi<<3|kind), n)
}

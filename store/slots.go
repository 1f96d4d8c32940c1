package store

import (
	"math/bits"
	"strconv"
	"strings"
)

// slots is a set of a Cluster's hash slots.
type slots [16384 / 64]uint64

// allSlots is what a server outside of any Cluster has.
var allSlots = func() (s slots) {
	s.add(0, 16383)
	return s
}()

func (s *slots) add(first, last int) {
	for i := first; i <= last; i++ {
		s[i/64] |= 1 << (i % 64)
	}
}

func (s *slots) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s *slots) empty() bool { return *s == slots{} }

func (s *slots) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s slots) and(o slots) slots {
	for i := range s {
		s[i] &= o[i]
	}
	return s
}

func (s slots) or(o slots) slots {
	for i := range s {
		s[i] |= o[i]
	}
	return s
}

func (s slots) without(o slots) slots {
	for i := range s {
		s[i] &^= o[i]
	}
	return s
}

// String lists the slots as CLUSTER NODES does: 0-5460,5462.
func (s slots) String() string {
	var b strings.Builder
	for i := 0; i < 16384; i++ {
		if !s.has(i) {
			continue
		}
		first := i
		for i+1 < 16384 && s.has(i+1) {
			i++
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(first))
		if i > first {
			b.WriteString("-" + strconv.Itoa(i))
		}
	}
	return b.String()
}

package resp

import (
	"errors"
	"math"
	"sync/atomic"
)

// ErrQueryMemory is Next's error when the command under way needs more than is
// left of the server's query memory.
var ErrQueryMemory = errors.New("query memory exhausted")

// QueryMemory counts the bytes that connections hold together: partial commands,
// arguments beyond the few that a Framer has room for itself, and what else is
// under way for them.
// Its methods are safe for concurrent use.
type QueryMemory struct {
	limit int64
	used  atomic.Int64
}

// NewQueryMemory returns a QueryMemory of limit bytes; 0 or less is no limit.
func NewQueryMemory(limit int64) *QueryMemory { return &QueryMemory{limit: limit} }

// Used returns the bytes held at this moment. It may be above the limit by
// 8 KiB for each client, which none is refused.
func (m *QueryMemory) Used() int64 { return m.used.Load() }

// take reports whether n more bytes may be held. A nil m has no limit.
func (m *QueryMemory) take(n int) bool {
	return m == nil || m.takeOf(m.limit, n)
}

// takeOf is take where there is another limit; 0 or less is none.
func (m *QueryMemory) takeOf(limit int64, n int) bool {
	for {
		used := m.used.Load()
		if limit > 0 && used+int64(n) > limit {
			return false // and nobody else has been refused for it
		}
		if m.used.CompareAndSwap(used, used+int64(n)) {
			return true
		}
	}
}

// room returns how much more may be held.
func (m *QueryMemory) room() int {
	if m == nil || m.limit <= 0 {
		return math.MaxInt
	}
	return int(max(m.limit-m.used.Load(), 0))
}

// count holds n more bytes whatever the limit is.
func (m *QueryMemory) count(n int) {
	if m != nil {
		m.used.Add(int64(n))
	}
}

func (m *QueryMemory) give(n int) {
	if m != nil {
		m.used.Add(-int64(n))
	}
}

package resp

import (
	"errors"
	"sync/atomic"
)

// ErrQueryMemory is Next's error when the command under way needs more than is
// left of the server's query memory.
var ErrQueryMemory = errors.New("query memory exhausted")

// QueryMemory counts the bytes that all Framers of a server hold: partial
// commands, and arguments beyond the few that a Framer has room for itself.
// Its methods are safe for concurrent use.
type QueryMemory struct {
	limit int64
	used  atomic.Int64
}

// NewQueryMemory returns a QueryMemory of limit bytes; 0 or less is no limit.
func NewQueryMemory(limit int64) *QueryMemory { return &QueryMemory{limit: limit} }

// Used returns the bytes held at this moment. It may be above the limit by
// 4 KiB for each client, which none is refused.
func (m *QueryMemory) Used() int64 { return m.used.Load() }

// take reports whether n more bytes may be held. A nil m has no limit.
func (m *QueryMemory) take(n int) bool {
	if m == nil {
		return true
	}
	if used := m.used.Add(int64(n)); m.limit > 0 && used > m.limit {
		m.used.Add(-int64(n))
		return false
	}
	return true
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

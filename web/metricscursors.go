package web

import (
	"github.com/prefixtracker/prefixtracker/tracker"
)

// cursorMetrics are those of the shared cursors that have metrics of their own.
func cursorMetrics() []metric {
	labels := []string{"cursor", "prefix"}
	per := func(name, help string, read func(c *tracker.CursorInfo) float64) metric {
		return metric{name: name, kind: gauge, labels: labels, help: help, cursors: func(c *tracker.CursorInfo, emit emit) {
			emit(read(c), nameOf(c.Name), nameOf(c.Tracker.Prefix()))
		}}
	}
	return []metric{
		per("cursor_progress_ratio", "How much of its range, or of its LIMIT where that is nearer, a shared cursor has behind it, from 0 to 1: confirmed, or handed out without a lease.",
			func(c *tracker.CursorInfo) float64 { return c.Progress() }),
		per("cursor_issued_ids", "IDs that a shared cursor has handed out in this pass.",
			func(c *tracker.CursorInfo) float64 { return float64(c.Issued) }),
		per("cursor_outstanding_ids", "Of these, IDs with a lease that nobody has confirmed.",
			func(c *tracker.CursorInfo) float64 { return float64(c.Outstanding) }),
	}
}

package tracker

import (
	"iter"
)

// Snapshot is all IDs that one pass over a tracker has found, kept until the
// last of them is used, so that their number is known before the first is. Its
// memory counts against the tracker's budget. It is for one goroutine.
type Snapshot struct {
	first []Run
	pages [][]Run // beyond first, borrowed
	total uint64
	books *Budget
}

// A Snapshot of freeRuns runs borrows nothing; beyond, it does a page at a time.
const (
	freeRuns  = 4096
	pageRuns  = 1 << 16
	pageBytes = 16 * pageRuns
)

// Snapshot collects the IDs that exist. An ID that exists all through the call
// is in it, one that does at no time is not, one that changes may be. It is
// made in first as far as that goes. Without room for the rest in the budget it
// is [ErrOutOfMemory]; else Close must be called.
func (t *Tracker) Snapshot(first []Run) (*Snapshot, error) {
	return snapshot(first, t.books, func(dst []Run, cursor uint64, n int) (runs []Run, next uint64) {
		runs, next, _ = t.Scan(dst, Set, Everything, cursor, n) // the cursor is its own
		return runs, next
	})
}

// snapshot collects what next appends, up to n IDs from a cursor on, until the next
// cursor is 0.
func snapshot(first []Run, books *Budget, next func(dst []Run, cursor uint64, n int) ([]Run, uint64)) (*Snapshot, error) {
	s := &Snapshot{books: books}
	page, room, cursor := first[:0], freeRuns, uint64(0)
	for {
		// As many IDs as there is room for runs: it cannot be too few.
		page, cursor = next(page, cursor, room-len(page))
		if cursor != 0 && room-len(page) > room/64 {
			continue
		}
		s.total += Total(page)
		if s.first == nil {
			s.first = page
		} else {
			s.pages = append(s.pages, page)
		}
		if cursor == 0 {
			return s, nil
		}
		if err := s.books.Borrow(pageBytes); err != nil {
			s.Close()
			return nil, err
		}
		page, room = make([]Run, 0, pageRuns), pageRuns
	}
}

// Len returns the number of IDs.
func (s *Snapshot) Len() uint64 { return s.total }

// Runs returns the IDs, ascending, as runs, and gives back their memory on the
// way: it can be used once.
func (s *Snapshot) Runs() iter.Seq[Run] {
	return func(yield func(Run) bool) {
		for _, r := range s.first {
			if !yield(r) {
				return
			}
		}
		for len(s.pages) > 0 {
			for _, r := range s.pages[0] {
				if !yield(r) {
					return
				}
			}
			s.pages[0] = nil
			s.pages = s.pages[1:]
			s.books.Return(pageBytes)
		}
	}
}

// Close gives back what is left of the memory, and returns first, perhaps
// grown, for the next Snapshot.
func (s *Snapshot) Close() (first []Run) {
	s.books.Return(int64(len(s.pages)) * pageBytes)
	s.pages = nil
	return s.first
}

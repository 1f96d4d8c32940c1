package tracker

import "math/bits"

// emptyShare bounds the work of a page of [Registry.Scan] in a table that many
// trackers have left: so many buckets are looked at for each tracker wanted.
const emptyShare = 10

// Scan returns one page of the trackers and the cursor of the next, 0 at the
// end: those of as many buckets of the hash table as hold count trackers, or of
// ten times as many buckets as that, so that a page may be short, or empty,
// before the end. A tracker that is there all through a pass is returned at least
// once, also when the table grows or shrinks meanwhile.
//
// The cursor counts the buckets in the order of their reversed bits, so that a
// bucket and the two it is split into by growth are visited at the same place
// (Pieter Noordhuis's algorithm, as in Redis).
func (r *Registry) Scan(cursor uint64, count int) (page []*Tracker, next uint64) {
	tab := r.table.Load()
	for looked := 0; ; {
		for t := range tab.in(cursor & tab.mask) {
			page = append(page, t)
		}
		cursor |= ^tab.mask
		cursor = bits.Reverse64(bits.Reverse64(cursor) + 1)
		if looked++; cursor == 0 || len(page) >= count || looked/emptyShare >= count {
			return page, cursor
		}
	}
}

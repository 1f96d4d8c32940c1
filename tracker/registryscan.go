package tracker

import (
	"hash/maphash"
	"math/bits"
)

// Scan returns one page of the trackers and the cursor of the next, 0 at the
// end: those of as many buckets of the hash table as hold count trackers. A
// tracker that is there all through a pass is returned at least once, also
// when the table grows meanwhile.
//
// The cursor counts the buckets in the order of their reversed bits, so that a
// bucket and the two it is split into by growth are visited at the same place
// (Pieter Noordhuis's algorithm, as in Redis).
func (r *Registry) Scan(cursor uint64, count int) (page []*Tracker, next uint64) {
	tab := r.table.Load()
	for {
		for e := tab.bucket(cursor).Load(); e != nil; e = e.next.Load() {
			page = append(page, e.tracker)
		}
		cursor |= ^tab.mask
		cursor = bits.Reverse64(bits.Reverse64(cursor) + 1)
		if cursor == 0 || len(page) >= count {
			return page, cursor
		}
	}
}

// hashOf is a prefix's place in the table.
func (r *Registry) hashOf(prefix string) uint64 { return maphash.String(r.seed, prefix) }

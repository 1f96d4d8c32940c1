package main

import "github.com/prefixtracker/prefixtracker/bitmap"

const (
	ids1M = 1 << 20
	// apart is the distance of set IDs in the sparse sets.
	apart = 1_000_000
)

// flat is the group of what must cost the same at 1 M and at 1 G IDs.
func flat() group {
	const goal = "≤ 1,000; ratio ≤ 3"
	return group{
		name:  "Flat cost",
		notes: []string{"The last row is per pair: a remove at one end, then the claim that finds it, then the other end."},
		flat:  true,
		rows: []row{
			{name: "next free, only the last is free", goal: goal, cells: [cellCount]*subject{
				lastFree(ids1M), lastFree(ids1G), bitsetLastFree(ids1M), bitsetLastFree(ids1G)}},
			{name: "next set, one per million", goal: goal, cells: [cellCount]*subject{
				sparse(ids1M), sparse(ids1G), bitsetSparse(ids1M), bitsetSparse(ids1G)}},
			{name: "remove and claim at alternate ends", goal: goal, cells: [cellCount]*subject{
				ends(ids1M), ends(ids1G), bitsetEnds(ids1M), bitsetEnds(ids1G)}},
		},
	}
}

func lastFree(ids uint64) *subject {
	return ready(func() work {
		b := bitmap.New()
		b.SetRange(0, ids-1)
		return work{loop: func(n int) uint64 { return loopLastFree(b, n, ids) }, exact: true}
	})
}

func loopLastFree(b *bitmap.Bitmap, n int, ids uint64) uint64 {
	var done uint64
	for range n {
		id, ok := b.NextClear(0, ids)
		done += one(ok && id == ids-1)
	}
	return done
}

func bitsetLastFree(ids uint64) *subject {
	return ready(func() work {
		b := fullBitset(ids)
		b.bits.Clear(uint(ids - 1))
		return work{loop: func(n int) uint64 {
			var done uint64
			for range n {
				id, ok := b.nextClear(0)
				done += one(ok && uint64(id) == ids-1)
			}
			return done
		}, exact: true}
	})
}

// lastSparse is the last of the IDs apart-1, 2*apart-1, ... below ids.
func lastSparse(ids uint64) uint64 { return ids/apart*apart - 1 }

func sparse(ids uint64) *subject {
	return ready(func() work {
		b := bitmap.New()
		for id := uint64(apart - 1); id < ids; id += apart {
			b.Set(id)
		}
		return work{loop: func(n int) uint64 { return loopSparse(b, n, ids) }, exact: true}
	})
}

// loopSparse goes from each set ID to the next, and from the last to the first.
func loopSparse(b *bitmap.Bitmap, n int, ids uint64) uint64 {
	var from, done uint64
	last := lastSparse(ids)
	for range n {
		id, ok := b.NextSet(from, ids)
		done += one(ok)
		if from = id + 1; id == last {
			from = 0
		}
	}
	return done
}

func bitsetSparse(ids uint64) *subject {
	return ready(func() work {
		b := newBitset(ids)
		for id := uint(apart - 1); uint64(id) < ids; id += apart {
			b.bits.Set(id)
		}
		last := uint(lastSparse(ids))
		return work{loop: func(n int) uint64 {
			var from uint
			var done uint64
			for range n {
				id, ok := b.nextSet(from)
				done += one(ok)
				if from = id + 1; id == last {
					from = 0
				}
			}
			return done
		}, exact: true}
	})
}

func ends(ids uint64) *subject {
	return ready(func() work {
		b := bitmap.New()
		b.SetRange(0, ids)
		return work{loop: func(n int) uint64 { return loopEnds(b, n, ids) }, units: 2, exact: true}
	})
}

// loopEnds does n times both ends, so that however few of them a round has,
// the far end is in it.
func loopEnds(b *bitmap.Bitmap, n int, ids uint64) uint64 {
	var done uint64
	end, other := uint64(0), ids-1
	for range 2 * n {
		b.Clear(end)
		id, ok := b.ClaimNext(0, ids)
		done += one(ok && id == end)
		end, other = other, end
	}
	return done
}

func bitsetEnds(ids uint64) *subject {
	return ready(func() work {
		b := fullBitset(ids)
		return work{loop: func(n int) uint64 {
			var done uint64
			end, other := uint(0), uint(ids-1)
			for range 2 * n {
				b.clear(end)
				b.next = min(b.next, end) // an ID was freed below
				done += one(b.claim())
				end, other = other, end
			}
			return done
		}, units: 2, exact: true}
	})
}

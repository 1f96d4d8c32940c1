package main

import "github.com/prefixtracker/prefixtracker/bitmap"

// Loops over bitmap.Bitmap: single IDs and ranges.

// half returns a bitmap with every other 32 of the IDs below ids.
func half(ids uint64) *bitmap.Bitmap {
	b := bitmap.WithCapacity(ids)
	for id := uint64(0); id < ids; id += 64 {
		b.SetRange(id, id+32)
	}
	return b
}

func loopTestRandom(b *bitmap.Bitmap, n int, mask uint64) uint64 {
	x := xorshift(1)
	var hits uint64
	for range n {
		hits += one(b.Test(x.next() & mask))
	}
	return hits
}

func loopTest(b *bitmap.Bitmap, n int, mask uint64) uint64 {
	var id, hits uint64
	for range n {
		hits += one(b.Test(id & mask))
		id++
	}
	return hits
}

// loopSetNew counts the IDs that were not there before.
func loopSetNew(b *bitmap.Bitmap, n int) uint64 {
	var id, done uint64
	for range n {
		done += one(!b.Set(id))
		id++
	}
	return done
}

func loopSetPresent(b *bitmap.Bitmap, n int, mask uint64) uint64 {
	var id, done uint64
	for range n {
		done += one(b.Set(id & mask))
		id++
	}
	return done
}

func loopTestAndSet(b *bitmap.Bitmap, n int) uint64 {
	var id, done uint64
	for range n {
		done += one(b.TestAndSet(id))
		id++
	}
	return done
}

func loopClear(b *bitmap.Bitmap, n int) uint64 {
	var id, done uint64
	for range n {
		done += one(b.Clear(id))
		id++
	}
	return done
}

func loopCount(b *bitmap.Bitmap, n int) uint64 {
	var sum uint64
	for range n {
		sum += b.Count()
	}
	return sum
}

// loopSetRange sets n ranges of size IDs side by side.
func loopSetRange(b *bitmap.Bitmap, n int, size uint64) uint64 {
	var from, done uint64
	for range n {
		done += b.SetRange(from, from+size)
		from += size
	}
	return done
}

func loopCountRange(b *bitmap.Bitmap, n int, ids uint64) uint64 {
	var sum uint64
	for range n {
		sum += b.CountRange(1, ids-1) // not 0: the whole set would be just the count
	}
	return sum
}

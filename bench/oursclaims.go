package main

import (
	"runtime"

	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// Loops over what claims, iterates and finds prefixes.

func loopWrite(w *tracker.Write, n int) uint64 {
	var sum, done uint64
	for range n {
		id, ok := w.Next()
		sum += id
		done += one(ok)
	}
	runtime.KeepAlive(sum) // the IDs must be computed
	return done
}

func loopClaimNext(b *bitmap.Bitmap, n int, ids uint64) uint64 {
	var sum, done uint64
	for range n {
		id, ok := b.ClaimNext(0, ids)
		sum += id
		done += one(ok)
	}
	runtime.KeepAlive(sum) // the IDs must be computed
	return done
}

// loopAppendClaim claims n batches and returns the number of IDs.
func loopAppendClaim(b *bitmap.Bitmap, n int, ids uint64, batch int) uint64 {
	var done uint64
	var runs []bitmap.Run
	for range n {
		var err error
		if runs, err = b.AppendClaim(runs[:0], 0, ids, batch); err != nil {
			return done // less than wanted: time reports it
		}
		for _, r := range runs {
			done += r.Len
		}
	}
	return done
}

// loopSequential reads n IDs in passes from iterators that again makes.
func loopSequential(n int, again func() *tracker.Sequential) uint64 {
	var sum, done uint64
	it := again()
	for range n {
		id, ok := it.Next()
		if !ok {
			it = again()
			id, ok = it.Next()
		}
		sum += id
		done += one(ok)
	}
	runtime.KeepAlive(sum) // the IDs must be computed
	return done
}

func loopIterSet(b *bitmap.Bitmap, n int, ids uint64) uint64 {
	var sum, done uint64
	it := b.IterSet(0, ids)
	for range n {
		id, ok := it.Next()
		if !ok {
			it = b.IterSet(0, ids)
			id, ok = it.Next()
		}
		sum += id
		done += one(ok)
	}
	runtime.KeepAlive(sum) // the IDs must be computed
	return done
}

// loopGetOrCreate looks up prefixes in turn.
func loopGetOrCreate(r *tracker.Registry, n int, prefixes []string) uint64 {
	var done uint64
	at := 0
	for range n {
		t, err := r.GetOrCreate(prefixes[at])
		done += one(err == nil && t != nil)
		if at++; at == len(prefixes) {
			at = 0
		}
	}
	return done
}

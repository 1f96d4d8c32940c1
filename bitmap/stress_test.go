package bitmap_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// together runs work in n goroutines that start at the same time, each with
// its own random source, and returns when all have ended.
func together(n int, work func(worker int, rnd *rand.Rand)) {
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			work(i, rand.New(rand.NewPCG(uint64(i), 7)))
		})
	}
	start.Done()
	done.Wait()
}

func atEachParallelism(t *testing.T, test func(t *testing.T, goroutines int)) {
	for _, n := range []int{1, 2, 4, 16} {
		t.Run(fmt.Sprintf("goroutines=%d", n), func(t *testing.T) { test(t, n) })
	}
}

// Property: of all callers that claim from one range each ID goes to one
// caller, and "nothing left" comes when all are gone.
func TestConcurrentClaims_EveryIDClaimedOnce(t *testing.T) {
	t.Parallel()
	const lo, hi = 70, 300_000
	atEachParallelism(t, func(t *testing.T, n int) {
		b := bitmap.New()
		owner := make([]atomic.Int32, hi)
		together(n, func(w int, rnd *rand.Rand) {
			for {
				runs, _ := b.AppendClaim(nil, lo, hi, 1+rnd.IntN(100))
				if len(runs) == 0 {
					return
				}
				for _, id := range expand(runs) {
					if !owner[id].CompareAndSwap(0, int32(w+1)) {
						t.Errorf("ID %d handed out twice", id)
						return
					}
				}
			}
		})
		for id := range owner {
			if (owner[id].Load() != 0) != (id >= lo) {
				t.Fatalf("ID %d: owner %d", id, owner[id].Load())
			}
		}
		if b.Count() != hi-lo {
			t.Fatalf("Count %d, want %d", b.Count(), hi-lo)
		}
	})
}

// Property: a finder never says "nothing left" while an ID is free all
// through its call, and never hides a set ID from an iteration: one ID of a
// full range is freed before each question and taken after it, while others
// fill and un-fill the words around it.
func TestConcurrentChanges_NoFreeIDHiddenAtExhaustion(t *testing.T) {
	t.Parallel()
	for _, base := range []uint64{0, 4096, 1 << 18, 1 << 24} {
		t.Run(fmt.Sprintf("base=%d", base), func(t *testing.T) {
			t.Parallel()
			hi := base + 2*4096
			// In the group behind the first, so that a walk has to find it.
			id := base + 4096 + 17
			b := bitmap.New()
			b.SetRange(base, hi)
			var stop atomic.Bool
			var wg sync.WaitGroup
			for i := range 3 {
				wg.Go(func() {
					rnd := rand.New(rand.NewPCG(base, uint64(i)))
					for !stop.Load() {
						id := base + 4096 + rnd.Uint64N(130)
						if id == base+4096+17 {
							continue // the asker's
						}
						if b.TestAndClear(id) {
							b.TestAndSet(id)
						}
						if rnd.IntN(64) == 0 {
							runtime.Gosched()
						}
					}
				})
			}
			rounds := 40_000
			if testing.Short() {
				rounds = 4_000
			}
			for range rounds {
				b.TestAndClear(id)
				got, ok := b.NextClear(base, hi)
				if !ok || got > id {
					t.Errorf("free ID %d was passed over: %d, %v", id, got, ok)
					break
				}
				b.TestAndSet(id)
			}
			stop.Store(true)
			wg.Wait()
			if got, ok := b.NextClear(base, hi); ok {
				t.Errorf("ID %d is free in a full range", got)
			}
		})
	}
}

// The mirror image, for set IDs in an empty range.
func TestConcurrentChanges_NoSetIDHiddenFromScan(t *testing.T) {
	t.Parallel()
	for _, base := range []uint64{4096, 1 << 18, 1 << 24} {
		t.Run(fmt.Sprintf("base=%d", base), func(t *testing.T) {
			t.Parallel()
			hi := base + 3*4096
			b := bitmap.New()
			var stop atomic.Bool
			var wg sync.WaitGroup
			for i := range 3 {
				wg.Go(func() {
					rnd := rand.New(rand.NewPCG(base, uint64(i)))
					for !stop.Load() {
						id := base + 4096 + rnd.Uint64N(130)
						if id == base+4096+17 {
							continue
						}
						if b.TestAndSet(id) {
							b.TestAndClear(id)
						}
					}
				})
			}
			rounds := 40_000
			if testing.Short() {
				rounds = 4_000
			}
			id := base + 4096 + 17
			for range rounds {
				b.TestAndSet(id)
				got, ok := b.NextSet(base, hi)
				for ok && got < id {
					got, ok = b.NextSet(got+1, hi)
				}
				if !ok || got != id {
					t.Errorf("set ID %d was passed over: %d, %v", id, got, ok)
					break
				}
				b.TestAndClear(id)
			}
			stop.Store(true)
			wg.Wait()
			if got, ok := b.NextSet(base, hi); ok {
				t.Errorf("ID %d is set in an empty range", got)
			}
		})
	}
}

// Property: when all changes have returned, Count is the number of set IDs,
// and walks by summary agree with the words.
func TestConcurrentChanges_CountExactAtQuiescence(t *testing.T) {
	t.Parallel()
	atEachParallelism(t, func(t *testing.T, n int) {
		const ids = 20_000
		b := bitmap.New()
		together(n, func(_ int, rnd *rand.Rand) {
			for range 30_000 / n {
				id := rnd.Uint64N(ids)
				switch rnd.IntN(8) {
				case 0:
					b.SetRange(id, id+rnd.Uint64N(300))
				case 1:
					b.ClearRange(id, id+rnd.Uint64N(300))
				case 2:
					b.AppendTake(nil, id, ids, 100)
				case 3:
					_, _ = b.AppendClaim(nil, id, ids, 100)
				case 4, 5:
					b.TestAndSet(id)
				default:
					b.TestAndClear(id)
				}
			}
		})
		var set, free, tested uint64
		for id := range uint64(ids + 300) {
			if b.Test(id) {
				tested++
			}
		}
		for id, ok := b.NextSet(0, ids+300); ok; id, ok = b.NextSet(id+1, ids+300) {
			set++
		}
		for id, ok := b.NextClear(0, ids+300); ok; id, ok = b.NextClear(id+1, ids+300) {
			free++
		}
		if b.Count() != tested || set != tested || free != ids+300-tested {
			t.Fatalf("Count %d, by Test %d, by NextSet %d, by NextClear %d free of %d",
				b.Count(), tested, set, free, ids+300)
		}
	})
}

// Property: with claims, removes and ClearAll side by side, an ID has at most
// one owner per generation: whoever removes it was told it was there.
func TestConcurrentClaims_BesideRemovesAndClear(t *testing.T) {
	t.Parallel()
	atEachParallelism(t, func(t *testing.T, n int) {
		const ids = 9_000
		b := bitmap.New()
		var claimed, removed atomic.Int64
		together(n, func(w int, rnd *rand.Rand) {
			for range 40_000 / n {
				switch {
				case rnd.IntN(3) > 0:
					if _, ok := b.ClaimNext(0, ids); ok {
						claimed.Add(1)
					}
				default:
					if b.TestAndClear(rnd.Uint64N(ids)) {
						removed.Add(1)
					}
				}
			}
		})
		if got := claimed.Load() - removed.Load(); got != int64(b.Count()) {
			t.Fatalf("%d claimed - %d removed = %d, Count %d", claimed.Load(), removed.Load(), got, b.Count())
		}
		together(n, func(w int, rnd *rand.Rand) {
			for i := range 20_000 / n {
				if w == 0 && i%100 == 0 {
					b.ClearAll()
					continue
				}
				if id, ok := b.ClaimNext(0, ids); ok && id >= ids {
					t.Errorf("claimed %d outside the range", id)
				}
			}
		})
		b.ClearAll()
		if b.Count() != 0 || b.Test(0) || b.Memory() > 1024 {
			t.Fatalf("after ClearAll: Count %d, Memory %d", b.Count(), b.Memory())
		}
	})
}

// Property: of all that claim the next ID of a range each gets one of its own.
func TestConcurrentClaimNext_EachIDOnce(t *testing.T) {
	t.Parallel()
	const ids, claimers = 400_000, 4
	b := bitmap.New()
	got := make([][]uint64, claimers)
	var start, wg sync.WaitGroup
	start.Add(claimers)
	for i := range got {
		wg.Go(func() {
			start.Done()
			start.Wait()
			for n := 0; ; n++ {
				var id uint64
				var ok bool
				if n%2 == 0 {
					id, ok = b.ClaimNext(0, ids)
				} else if runs, _ := b.AppendClaim(nil, 0, ids, 1); len(runs) == 1 {
					id, ok = runs[0].Start, true
				}
				if !ok {
					return
				}
				got[i] = append(got[i], id)
			}
		})
	}
	wg.Wait()
	seen := make([]bool, ids)
	n := 0
	for _, mine := range got {
		for _, id := range mine {
			if seen[id] {
				t.Fatalf("%d was handed out twice", id)
			}
			seen[id] = true
			n++
		}
	}
	if n != ids || b.Count() != ids {
		t.Errorf("%d IDs handed out, Count %d, want %d", n, b.Count(), ids)
	}
}

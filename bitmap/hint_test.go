package bitmap

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// Property (B6): when nothing is in flight, no free ID lies below the claim
// hint, so a claim of the whole range gets the lowest. In each round one
// goroutine frees an ID while another's claim raises the hint past it.
func TestConcurrentClaimHint_HasNoFreeIDBelowAtRest(t *testing.T) {
	t.Parallel()
	const n = 2 * groupIDs
	rounds := int64(50_000)
	if testing.Short() {
		rounds = 5_000
	}
	b := New()
	var phase, done atomic.Int64
	var stop atomic.Bool
	var freer sync.WaitGroup
	defer func() {
		stop.Store(true)
		freer.Wait()
	}()
	freer.Go(func() {
		for p := int64(1); !stop.Load(); p++ {
			for phase.Load() < p && !stop.Load() {
				runtime.Gosched()
			}
			for range rand.IntN(60) {
			}
			b.TestAndClear(64 * 45)
			done.Store(p)
		}
	})
	for p := int64(1); p <= rounds; p++ {
		b.SetRange(0, n)
		b.TestAndClear(64*50 + 3)
		b.TestAndClear(128)
		b.TestAndSet(128)
		phase.Store(p)
		b.ClaimNext(0, n)
		for done.Load() < p {
			runtime.Gosched()
		}
		if id, ok := b.NextClear(0, n); ok && id>>6 < b.root.Load().claimHint.Load() {
			t.Fatalf("round %d: the free ID %d lies below the hint", p, id)
		}
	}
}

// ClearAll between the making of the first root and its use must not leave a
// change without one.
func TestConcurrentClearAll_LeavesNoChangeWithoutARoot(t *testing.T) {
	t.Parallel()
	b := New()
	done := make(chan struct{})
	for range 2 {
		go func() {
			defer func() { done <- struct{}{} }()
			for range 100_000 {
				b.ClearAll()
				b.TestAndSet(1)
			}
		}()
	}
	<-done
	<-done
}

// quota is a backing that refuses after so many allocations.
type quota struct {
	Heap
	left int
}

func (q *quota) Alloc(n, overhead int, force bool) ([]atomic.Uint64, error) {
	if q.left == 0 && !force {
		return nil, errQuota
	}
	q.left--
	return q.Heap.Alloc(n, overhead, force)
}

type quotaError struct{}

func (quotaError) Error() string { return "no more" }

var errQuota = quotaError{}

// A claim that is refused memory half-way has handed out IDs and says so, also
// when they join a run that was there.
func TestAppendClaim_NoErrorWithIDsClaimed(t *testing.T) {
	b := new(Bitmap).Init(&quota{left: 1})
	b.SetRange(0, 4000)
	runs, err := b.AppendClaim([]Run{{0, 4000}}, 4000, 10_000, 200)
	if err != nil || len(runs) != 1 || runs[0] != (Run{0, 4096}) {
		t.Fatal(runs, err)
	}
	if runs, err := b.AppendClaim(nil, 4000, 10_000, 200); err != errQuota || len(runs) != 0 {
		t.Fatal(runs, err)
	}
}

// What ReserveRange takes must fit what LackingRange said.
func TestLackingRange_IsAnUpperBound(t *testing.T) {
	books := new(ledger)
	for range 300 {
		b := new(Bitmap).Init(books)
		for range rand.IntN(4) {
			id := rand.Uint64N(1 << (12 + rand.IntN(20)))
			_, _ = b.ReserveRange(id, id+1)
		}
		min := rand.Uint64N(1 << (12 + rand.IntN(20)))
		max := min + rand.Uint64N(1<<(1+rand.IntN(24)))
		said, before := int64(b.LackingRange(min, max)), books.used
		if _, err := b.ReserveRange(min, max); err != nil {
			t.Fatal(err)
		}
		if took := books.used - before; took > said || said > took+64<<10 {
			t.Fatalf("[%d, %d): said %d, took %d", min, max, said, took)
		}
	}
}

type ledger struct {
	Heap
	used int64
}

func (l *ledger) Alloc(n, overhead int, force bool) ([]atomic.Uint64, error) {
	l.used += int64(n*8 + overhead)
	return l.Heap.Alloc(n, overhead, force)
}

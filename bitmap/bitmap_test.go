package bitmap_test

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// The seed specification's tests of its AtomicBitmap, at every seam of the
// layout.

func TestSetClearTest(t *testing.T) {
	b := bitmap.New()
	for _, id := range seams {
		if b.Test(id) || b.Set(id) || !b.Test(id) || !b.Set(id) {
			t.Errorf("ID %d: set", id)
		}
		if !b.Clear(id) || b.Test(id) || b.Clear(id) {
			t.Errorf("ID %d: clear", id)
		}
	}
	for _, id := range []uint64{bitmap.Limit, 1 << 60, 1<<64 - 1} {
		if b.Test(id) || b.Set(id) || b.Clear(id) || b.TestAndSet(id) || b.TestAndClear(id) || b.Count() != 0 {
			t.Errorf("ID %d is over MaxID", id)
		}
	}
}

func TestTestAndSet_ReturnsFalseIfAlreadySet(t *testing.T) {
	b := bitmap.New()
	for _, id := range seams {
		if !b.TestAndSet(id) || b.TestAndSet(id) || !b.TestAndClear(id) || b.TestAndClear(id) {
			t.Errorf("ID %d", id)
		}
	}
}

func TestPopcount_Accuracy(t *testing.T) {
	b := bitmap.New()
	for i, id := range seams {
		b.Set(id)
		b.Set(id)
		if b.Count() != uint64(i+1) || b.IsEmpty() {
			t.Fatalf("Count %d after %d IDs", b.Count(), i+1)
		}
	}
	for i, id := range seams {
		b.Clear(id)
		if b.Count() != uint64(len(seams)-i-1) {
			t.Fatalf("Count %d with %d IDs left", b.Count(), len(seams)-i-1)
		}
	}
}

func TestGrowth_IsAutomaticAndKeepsWhatIsThere(t *testing.T) {
	b := bitmap.New()
	if b.Capacity() != 0 {
		t.Fatal(b.Capacity())
	}
	var capacity uint64
	for i, id := range seams {
		b.Set(id)
		if b.Capacity() < capacity {
			t.Fatal("the capacity shrank")
		}
		capacity = b.Capacity()
		for _, before := range seams[:i+1] {
			if !b.Test(before) {
				t.Fatalf("ID %d is gone after %d", before, id)
			}
		}
	}
	for _, id := range []uint64{seams[0], 1 << 33, bitmap.MaxID} {
		if grew, err := b.ReserveRange(id, id+1); err != nil || grew != (id == 1<<33) || !b.Allocated(id) || id == 1<<33 && b.Test(id) {
			t.Fatal(id, err)
		}
	}
	if grew, err := b.ReserveRange(bitmap.Limit, bitmap.Limit+1); grew || err != nil || b.Allocated(1<<34) || b.Allocated(bitmap.Limit) {
		t.Fatal("memory that nobody reserved")
	}
	if b := bitmap.WithCapacity(10_000); b.Capacity() < 10_000 || !b.IsEmpty() {
		t.Fatal(b.Capacity())
	}
}

func TestClearAll_ResetsState(t *testing.T) {
	b := bitmap.New()
	for _, id := range seams {
		b.Set(id)
	}
	if b.ClearAll() != uint64(len(seams)) || b.Count() != 0 || b.Capacity() != 0 {
		t.Fatal(b.Count(), b.Capacity())
	}
	for _, id := range seams {
		if b.Test(id) || b.Set(id) {
			t.Fatalf("ID %d is still there", id)
		}
	}
	capacity := b.Capacity()
	if b.Reset() != uint64(len(seams)) || b.Count() != 0 || b.Capacity() != capacity {
		t.Fatal("Reset must keep the memory")
	}
}

func TestConcurrentSet_DifferentBits(t *testing.T) {
	t.Parallel()
	const each = 20_000
	b := bitmap.New()
	together(4, func(w int, _ *rand.Rand) {
		for i := range uint64(each) {
			if b.Set(i*4 + uint64(w)) {
				t.Errorf("ID %d was there", i*4+uint64(w))
				return
			}
		}
	})
	if b.Count() != 4*each || b.CountRange(0, 4*each) != 4*each {
		t.Fatal(b.Count())
	}
}

func TestConcurrentSet_SameBitHasOneWinner(t *testing.T) {
	t.Parallel()
	const ids = 20_000
	b := bitmap.New()
	var wins atomic.Int64
	together(4, func(int, *rand.Rand) {
		for id := range uint64(ids) {
			if b.TestAndSet(id) {
				wins.Add(1)
			}
		}
	})
	if wins.Load() != ids || b.Count() != ids {
		t.Fatal(wins.Load(), b.Count())
	}
}

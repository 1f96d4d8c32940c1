//go:build !race

package bitmap

import (
	"runtime"
	"testing"
	"unsafe"
)

// Sizes and costs are promises. The race detector changes all of them, so this
// file is not for it. Its tests are not parallel: what they measure is the
// process's.

// heapBytes is the live heap.
func heapBytes() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // the first leaves what was floating when it began
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// grownBy returns by how much make's result makes the live heap grow.
func grownBy[T any](make func() T) (v T, bytes int64) {
	before := heapBytes()
	v = make()
	bytes = heapBytes() - before
	runtime.KeepAlive(v)
	return v, bytes
}

// A size that changes is a decision, not an accident.
func TestSizes_ArePinned(t *testing.T) {
	for name, size := range map[string][2]uintptr{
		"Bitmap":  {unsafe.Sizeof(Bitmap{}), 32},
		"Run":     {unsafe.Sizeof(Run{}), 16},
		"Iter":    {unsafe.Sizeof(Iter{}), 64},
		"Claimer": {unsafe.Sizeof(Claimer{}), 64},
		"root":    {unsafe.Sizeof(root{}), 96},
		"group":   {unsafe.Sizeof(group{}), 512},
		"stripe":  {unsafe.Sizeof(stripe{}), cacheLine},
		"wide":    {unsafe.Sizeof(wide{}), stripeCount*cacheLine + 16},
		"summary": {unsafe.Sizeof(summary{}), 65 * 8},
		"chunk":   {unsafe.Sizeof(chunk{}), 16 + 2*65*8},
		"node":    {unsafe.Sizeof(node{}), 16 + 3*fanOut*8},
	} {
		if size[0] != size[1] {
			t.Errorf("%s takes %d bytes, pinned at %d", name, size[0], size[1])
		}
	}
}

func TestCost_ABitmapWithoutIDsIsItsOwnSize(t *testing.T) {
	b := New()
	if b.Capacity() != 0 || b.Memory() != 0 {
		t.Errorf("capacity %d, memory %d", b.Capacity(), b.Memory())
	}
}

func TestCost_FirstAllocationIs512BytesOfWords(t *testing.T) {
	const n = 10_000
	all, heap := grownBy(func() []Bitmap {
		all := make([]Bitmap, n)
		for i := range all {
			all[i].Set(uint64(i % 4096))
		}
		return all
	})
	for i := range all {
		if b := &all[i]; b.Capacity() != 4096 || b.Memory() != 512+uint64(rootBytes) {
			t.Fatalf("capacity %d, memory %d", b.Capacity(), b.Memory())
		}
	}
	if per := heap / n; per > 512+256 {
		t.Errorf("%d bytes of heap for a bitmap of one ID, want 512 of words and less than 256 beside", per)
	}
}

func TestCost_DenseIDsTakeAtMost1_05BitsEach(t *testing.T) {
	const n = 100_000_000
	b, heap := grownBy(func() *Bitmap {
		b := New()
		b.SetRange(0, n)
		return b
	})
	if b.Count() != n {
		t.Fatalf("Count %d", b.Count())
	}
	for what, bytes := range map[string]int64{"Memory": int64(b.Memory()), "heap": heap} {
		if per := float64(bytes) * 8 / n; per > 1.05 {
			t.Errorf("%s: %.4f bits per ID, want 1.05 at most", what, per)
		}
	}
	if b.ClearAll() != n || b.Memory() != 0 {
		t.Errorf("ClearAll keeps %d bytes", b.Memory())
	}
}

func TestCost_AFarIDTakesLessThan64KiB(t *testing.T) {
	for _, id := range []uint64{1 << 40, MaxID} {
		b, heap := grownBy(func() *Bitmap {
			b := New()
			b.Set(id)
			return b
		})
		if !b.Test(id) || b.Memory() >= 64<<10 || heap >= 64<<10 {
			t.Errorf("ID %d: memory %d, heap %d", id, b.Memory(), heap)
		}
	}
}

// The operations allocate nothing once the memory for the IDs is there, at the
// near end, in a chunk, and far out.
func TestCost_HotPathsAllocateNothing(t *testing.T) {
	for _, base := range []uint64{0, 4096, 1 << 18, 1 << 40} {
		b := New()
		hi := base + 1<<18
		b.SetRange(base, hi)
		for id := base; id < hi; id += 64 {
			b.ClearRange(id, id+32) // something to do for every operation
		}
		claimer, iter := b.Claimer(base, hi), b.IterSet(base, hi)
		runs := make([]Run, 0, 128)
		id := base
		for _, op := range []struct {
			name string
			do   func()
		}{
			{"Test", func() { b.Test(id) }},
			{"Set", func() { b.Set(id) }},
			{"TestAndSet", func() { b.TestAndSet(id) }},
			{"Clear", func() { b.Clear(id) }},
			{"TestAndClear", func() { b.TestAndClear(id) }},
			{"Count", func() { b.Count() }},
			{"CountRange", func() { b.CountRange(base, hi) }},
			{"SetRange", func() { b.SetRange(id, id+100) }},
			{"ClearRange", func() { b.ClearRange(id, id+100) }},
			{"NextSet", func() { b.NextSet(id, hi) }},
			{"NextClear", func() { b.NextClear(id, hi) }},
			{"PrevSet", func() { b.PrevSet(base, id) }},
			{"ClaimNext", func() { b.ClaimNext(base, hi) }},
			{"TakeNext", func() { b.TakeNext(base, hi) }},
			{"Claimer.Next", func() { claimer.Next() }},
			{"Iter.Next", func() { iter.Next() }},
			{"AppendClaim", func() { runs, _ = b.AppendClaim(runs[:0], base, hi, 100) }},
			{"AppendTake", func() { runs = b.AppendTake(runs[:0], base, hi, 100) }},
			{"AppendSet", func() { runs, _ = b.AppendSet(runs[:0], base, hi, 100) }},
			{"AppendClear", func() { runs, _ = b.AppendClear(runs[:0], base, hi, 100) }},
		} {
			allocs := testing.AllocsPerRun(200, func() {
				op.do()
				if id += 17; id >= hi-200 {
					id = base
				}
			})
			if allocs != 0 {
				t.Errorf("base %d: %s allocates %v times", base, op.name, allocs)
			}
		}
	}
}

package tracker

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// What was freed is not in memory for long beside what is allocated in its place, however seldom the
// collector comes: here it does not come by itself.
func TestBudget_WhatIsFreedIsCollected(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const limit = 16 << 20
	r, err := NewRegistry(Config{}, NewBudget(limit))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := r.Create("vec:", Config{})
	if err != nil {
		t.Fatal(err)
	}
	before, most := heap(), uint64(0)
	for range 10 {
		if _, err := tr.AddRange(Range{Max: limit / 2 * 8}); err != nil {
			t.Fatal(err)
		}
		most = max(most, heap())
		tr.Clear()
	}
	if most > before+limit+limit/4 {
		t.Errorf("%d KB in memory, the limit is %d", (most-before)>>10, limit>>10)
	}
}

package tracker

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func newTestRegistry(t *testing.T) *Registry {
	t.Helper()
	r, err := NewRegistry(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// Property: no change of the registry moves more than a few buckets, and the
// table becomes as large and as small as its trackers need it all the same.
func TestTable_ResizesInSteps(t *testing.T) {
	r := newTestRegistry(t)
	const n = 100_000
	change := func(do func()) {
		before := r.table.Load()
		moved, had := before.moved, before.next != nil
		if do(); before.moved > moved+moveStep || !had && r.table.Load() != before {
			t.Fatalf("%d buckets have moved in one step", before.moved-moved)
		}
	}
	for i := range n {
		change(func() {
			if _, err := r.GetOrCreate(fmt.Sprint("p:", i)); err != nil {
				t.Fatal(err)
			}
		})
	}
	if b := r.table.Load().buckets(); b < n/(2*maxChain) || b > 2*n {
		t.Errorf("%d buckets for %d trackers", b, n)
	}
	for i := range n {
		change(func() {
			if r.Drop(fmt.Sprint("p:", i)) == nil {
				t.Fatal(i)
			}
		})
	}
	if b := r.table.Load().buckets(); b > 4*minBuckets {
		t.Errorf("%d buckets for no tracker", b)
	}
}

// Property: at every step of growth and of shrinking each tracker is found, comes
// once among all, and at least once in a pass of Scan.
func TestTable_IsWholeAtEveryStep(t *testing.T) {
	r := newTestRegistry(t)
	there := make(map[string]*Tracker)
	check := func() {
		t.Helper()
		all := r.All()
		if len(all) != len(there) || r.Len() != len(there) || int(r.TotalCount()) != len(there) {
			t.Fatalf("%d trackers, Len %d, TotalCount %d; %d are there", len(all), r.Len(), r.TotalCount(), len(there))
		}
		for _, tr := range all {
			if there[tr.Prefix()] != tr || r.Get(tr.Prefix()) != tr {
				t.Fatalf("%s is not what was made", tr.Prefix())
			}
		}
		scanned := make(map[string]bool)
		for cursor, page := uint64(0), []*Tracker(nil); ; {
			page, cursor = r.Scan(cursor, 7)
			for _, tr := range page {
				scanned[tr.Prefix()] = true
			}
			if cursor == 0 {
				break
			}
		}
		if len(scanned) != len(there) {
			t.Fatalf("Scan returned %d of %d", len(scanned), len(there))
		}
	}
	for _, target := range []int{700, 0, 300, 20, 300} {
		for i := 0; len(there) != target; i++ {
			if name := fmt.Sprint(target, "-", i); len(there) < target {
				tr, err := r.GetOrCreate(name)
				if err != nil {
					t.Fatal(err)
				}
				tr.Add(1)
				there[name] = tr
			} else {
				for name = range there {
					break
				}
				delete(there, name)
				r.Drop(name)
			}
			if r.table.Load().next != nil || i%50 == 0 {
				check()
			}
		}
	}
	n := len(there)
	if r.Clear() != n || r.Len() != 0 || len(r.All()) != 0 {
		t.Error("Clear has left something")
	}
}

// Property: what is there all through a pass is returned by it, however the table
// grows and shrinks meanwhile, and no page looks at many empty buckets.
func TestRegistryScan_FindsAllWhileTheTableChanges(t *testing.T) {
	for round := range uint64(20) {
		r := newTestRegistry(t)
		rnd := rand.New(rand.NewPCG(round, 1))
		keep := make(map[string]bool)
		for i := range 200 {
			name := fmt.Sprint("keep", i)
			keep[name] = true
			_, _ = r.GetOrCreate(name)
		}
		var others []string
		left := maps.Clone(keep)
		cursor, page := uint64(0), []*Tracker(nil)
		for first := true; first || cursor != 0; first = false {
			page, cursor = r.Scan(cursor, 3)
			for _, tr := range page {
				delete(left, tr.Prefix())
			}
			if rnd.IntN(3) > 0 {
				for range rnd.IntN(200) {
					others = append(others, fmt.Sprint("other", len(others)))
					_, _ = r.GetOrCreate(others[len(others)-1])
				}
			} else {
				for range min(rnd.IntN(2000), len(others)) {
					r.Drop(others[len(others)-1])
					others = others[:len(others)-1]
				}
			}
		}
		if len(left) != 0 {
			t.Fatalf("round %d: not returned: %v", round, slices.Collect(maps.Keys(left)))
		}
	}
	r := newTestRegistry(t)
	r.table.Store(newTable(segmentBuckets, r.table.Load().seed))
	pages := 1
	for _, cursor := r.Scan(0, 10); cursor != 0; _, cursor = r.Scan(cursor, 10) {
		pages++
	}
	if pages < segmentBuckets/(10*emptyShare)/2 {
		t.Errorf("%d empty buckets in %d pages", segmentBuckets, pages)
	}
}

// Property: a reader always finds what is there all through its call while the
// table grows and shrinks around it, and all comes once.
func TestTableConcurrent_ReadersFindAllWhileItMoves(t *testing.T) {
	t.Parallel()
	r := newTestRegistry(t)
	const kept = 300
	for i := range kept {
		_, _ = r.GetOrCreate(fmt.Sprint("keep", i))
	}
	var done atomic.Bool
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for i := 0; !done.Load(); i++ {
				if name := fmt.Sprint("keep", i%kept); r.Get(name) == nil {
					t.Errorf("%s was not found", name)
					return
				}
				if i%kept != 0 {
					continue
				}
				seen := make(map[*Tracker]bool)
				n := 0
				for _, tr := range r.All() {
					if seen[tr] {
						t.Errorf("%s came twice", tr.Prefix())
						return
					}
					if seen[tr] = true; tr.Prefix()[0] == 'k' {
						n++
					}
				}
				if n != kept {
					t.Errorf("%d of %d came", n, kept)
					return
				}
			}
		})
	}
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	for range rounds {
		for i := range 6000 {
			_, _ = r.GetOrCreate(fmt.Sprint("come", i))
		}
		for i := range 6000 {
			r.Drop(fmt.Sprint("come", i))
		}
	}
	done.Store(true)
	readers.Wait()
}

// Property: who makes a tracker does not wait for a Clear to be done with those
// that were there.
func TestRegistryClear_HoldsNobodyUp(t *testing.T) {
	r := newTestRegistry(t)
	c := r.Caller(nil)
	for i := range 100 {
		name := fmt.Sprint("p:", i)
		if _, err := c.Create(name, Config{}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.At(name).OpenDelete(Everything, DefaultDeleterTTL, false); err != nil {
			t.Fatal(err)
		}
	}
	r.holds.mu.Lock() // Clear comes to a halt at the first of them
	cleared := make(chan int)
	go func() { cleared <- r.Clear() }()
	for r.Len() > 0 {
		runtime.Gosched()
	}
	made := make(chan error)
	go func() {
		_, err := r.GetOrCreate("p:1")
		made <- err
	}()
	select {
	case err := <-made:
		if err != nil || r.Get("p:1") == nil || r.Len() != 1 {
			t.Errorf("%v, Len %d", err, r.Len())
		}
	case <-time.After(20 * time.Second):
		t.Error("to make a tracker waits for Clear")
	}
	r.holds.mu.Unlock()
	if n := <-cleared; n != 100 {
		t.Errorf("cleared %d", n)
	}
}

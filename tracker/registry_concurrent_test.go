package tracker_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// Property: a reader always finds a prefix that is there all through its call,
// as the same tracker, and never one that is not there, while a writer creates
// and drops others around it, in the same chains, and makes the table grow.
func TestRegistryConcurrentGet_StaysExactBesideCreateAndDrop(t *testing.T) {
	t.Parallel()
	const kept, coming, rounds = 500, 3000, 4
	r := newRegistry(t, 0)
	keep := make([]*tracker.Tracker, kept)
	for i := range keep {
		var err error
		if keep[i], err = r.GetOrCreate(fmt.Sprintf("keep%d:", i)); err != nil {
			t.Fatal(err)
		}
	}
	var done atomic.Bool
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() {
			for i := w; !done.Load(); i++ {
				name := fmt.Sprintf("keep%d:", i%kept)
				if got := r.Get(name); got != keep[i%kept] {
					t.Errorf("%s: got %p, want %p", name, got, keep[i%kept])
					return
				}
				// One that comes and goes is found or not, but never another.
				name = fmt.Sprintf("come%d:", i%coming)
				if got := r.Get(name); got != nil && got.Prefix() != name {
					t.Errorf("%s: got the tracker of %s", name, got.Prefix())
					return
				}
				if r.Get("never:") != nil {
					t.Error("found what was never there")
					return
				}
			}
		})
	}
	for range rounds {
		for i := range coming {
			name := fmt.Sprintf("come%d:", i)
			made, err := r.GetOrCreate(name)
			if err != nil || r.Get(name) != made {
				t.Errorf("%s: created and not found (%v)", name, err)
			}
			if i%3 > 0 { // some stay until the end of the round: the table grows
				continue
			}
			if r.Drop(name) != made || r.Get(name) != nil {
				t.Errorf("%s: dropped and found", name)
			}
		}
		for i := range coming {
			r.Drop(fmt.Sprintf("come%d:", i))
		}
	}
	done.Store(true)
	wg.Wait()
	if r.Len() != kept {
		t.Errorf("Len %d, want %d", r.Len(), kept)
	}
}

// Property: however many create and drop one prefix at once, each tracker made
// is dropped by one caller.
func TestRegistryConcurrentDrop_OneWinnerPerTracker(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, 0)
	var made, dropped sync.Map
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 3000 {
				tr, err := r.GetOrCreate("p:")
				if err != nil {
					t.Error(err)
					return
				}
				made.Store(tr, true)
				if gone := r.Drop("p:"); gone != nil {
					if _, twice := dropped.LoadOrStore(gone, true); twice {
						t.Error("one tracker was dropped twice")
					}
				}
			}
		})
	}
	wg.Wait()
	made.Range(func(tr, _ any) bool {
		if _, ok := dropped.Load(tr); !ok && r.Get("p:") != tr.(*tracker.Tracker) {
			t.Error("a tracker vanished without anybody dropping it")
		}
		return true
	})
	if r.Len() > 1 || r.Len() == 0 && r.Budget().Used() != 0 {
		t.Errorf("Len %d, %d bytes in use", r.Len(), r.Budget().Used())
	}
}

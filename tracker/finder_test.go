package tracker_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

func TestFinder_SaysWhatTheRegistrySays(t *testing.T) {
	r, err := tracker.NewRegistry(tracker.Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var f tracker.Finder
	same := func(when string) {
		t.Helper()
		for range 2 { // found, and found again
			for _, prefix := range []string{"a", "a", "b", "a", "none"} {
				if got, want := f.Get(r, prefix), r.Get(prefix); got != want {
					t.Errorf("%s, the finder says %p of %q, the registry %p", when, got, prefix, want)
				}
			}
		}
	}
	same("without trackers")
	for _, prefix := range []string{"a", "b"} {
		if _, err := r.GetOrCreate(prefix); err != nil {
			t.Fatal(err)
		}
	}
	same("with a and b")
	f.Get(r, "a")
	r.Remove("a")
	same("without a")
	f.Get(r, "b")
	r.Remove("b")
	if _, err := r.Create("b", tracker.Config{MaxID: 5}); err != nil {
		t.Fatal(err)
	}
	same("with another b")
	f.Get(r, "b")
	f.Forget()
	same("after Forget")
	f.Get(r, "b")
	r.Clear()
	same("after Clear")
}

// TestFinder_NothingThatIsGone: when Remove has returned, nobody finds the tracker any more.
func TestFinder_NothingThatIsGone(t *testing.T) {
	t.Parallel()
	r, err := tracker.NewRegistry(tracker.Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	rounds := 20_000
	if testing.Short() {
		rounds = 5_000
	}
	var gone atomic.Pointer[tracker.Tracker]
	var over atomic.Bool
	var finders sync.WaitGroup
	for range 2 {
		finders.Go(func() {
			var f tracker.Finder
			for !over.Load() {
				before := gone.Load()
				if got := f.Get(r, "a"); got != nil && got == before {
					t.Error("a tracker is found that had been removed")
					return
				}
			}
		})
	}
	for i := range rounds {
		there, err := r.GetOrCreate("a")
		if err != nil {
			t.Fatal(err)
		}
		if i%10 == 0 {
			r.Clear()
		} else {
			r.Remove("a")
		}
		gone.Store(there)
	}
	over.Store(true)
	finders.Wait()
}

package tracker_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

func TestCaller_SaysWhatTheRegistrySays(t *testing.T) {
	r, err := tracker.NewRegistry(tracker.Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := r.Caller(nil)
	same := func(when string) {
		t.Helper()
		for range 2 { // found, and found again
			for _, prefix := range []string{"a", "a", "b", "a", "none"} {
				want := r.Get(prefix)
				if h := f.At(prefix); h.There() != (want != nil) || h.There() && h.Read() != tracker.Reader(want) {
					t.Errorf("%s, the caller says %p of %q, the registry %p", when, h.Read(), prefix, want)
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
	f.At("a")
	r.Drop("a")
	same("without a")
	f.At("b")
	r.Drop("b")
	if _, err := r.Create("b", tracker.Config{MaxID: 5}); err != nil {
		t.Fatal(err)
	}
	same("with another b")
	f.At("b")
	f.Forget()
	same("after Forget")
	f.At("b")
	r.Clear()
	same("after Clear")
}

// TestCaller_NothingThatIsGone: when Drop has returned, nobody finds the tracker any more.
func TestCaller_NothingThatIsGone(t *testing.T) {
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
	var callers sync.WaitGroup
	for range 2 {
		callers.Go(func() {
			f := r.Caller(nil)
			for !over.Load() {
				before := gone.Load()
				if h := f.At("a"); before != nil && h.Read() == tracker.Reader(before) {
					t.Error("a tracker is found that had been dropped")
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
			r.Drop("a")
		}
		gone.Store(there)
	}
	over.Store(true)
	callers.Wait()
}

package tracker_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

func TestSnapshot_HasEveryIDAndBorrowsByThePage(t *testing.T) {
	for name, step := range map[string]uint64{"dense": 1, "every other": 2, "every seventh": 7, "one a word": 64} {
		r, err := tracker.NewRegistry(tracker.Config{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := r.GetOrCreate("p:")
		if err != nil {
			t.Fatal(err)
		}
		var want []uint64
		for _, n := range []int{0, 1, 4095, 4096, 4097, 70_000, 200_000} {
			for uint64(len(want)) < uint64(n) {
				id := uint64(len(want)) * step
				want = append(want, id)
				tr.Add(id)
			}
			used := r.Budget().Used()
			s, err := tr.Snapshot(nil)
			if err != nil {
				t.Fatal(err)
			}
			if s.Len() != uint64(n) {
				t.Errorf("%s: Len is %d of %d IDs", name, s.Len(), n)
			}
			if r.Budget().Used() != used {
				t.Errorf("%s: what is borrowed counts as the trackers'", name)
			}
			var got []uint64
			for run := range s.Runs() {
				for id := run.Start; id < run.Start+run.Len; id++ {
					got = append(got, id)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %d IDs, want %d", name, len(got), n)
			}
			s.Close()
		}
	}
}

func TestSnapshot_KeepsToTheBudget(t *testing.T) {
	const limit = 32 << 20 // of which a quarter is lent
	r, err := tracker.NewRegistry(tracker.Config{}, tracker.NewBudget(limit))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := r.GetOrCreate("p:")
	if err != nil {
		t.Fatal(err)
	}
	const ids = 200_000 // runs, of 16 bytes: somewhat over 3 MiB
	for id := range uint64(ids) {
		tr.Add(2 * id)
	}
	var open []*tracker.Snapshot
	for {
		s, err := tr.Snapshot(nil)
		if err != nil {
			if !errors.Is(err, tracker.ErrOutOfMemory) {
				t.Fatal(err)
			}
			break
		}
		if open = append(open, s); len(open)*ids*16 > limit/4 {
			t.Fatalf("%d snapshots fit", len(open))
		}
	}
	if len(open) != 2 {
		t.Errorf("%d snapshots fit, want 2", len(open))
	}
	// One is closed half-way, one when it is used up.
	for run := range open[0].Runs() {
		if run.Start > ids {
			break
		}
	}
	open[0].Close()
	for range open[1].Runs() {
	}
	open[1].Close()
	if err := r.Budget().Borrow(limit / 4); err != nil {
		t.Errorf("not all that was borrowed is back: %v", err)
	}
	if _, err := tr.Snapshot(nil); !errors.Is(err, tracker.ErrOutOfMemory) {
		t.Errorf("beyond what is lent: %v", err)
	}
	if _, err := tr.AddRange(tracker.Range{Min: 1 << 20, Max: 1<<20 + limit*8/2}); err != nil {
		t.Errorf("who borrows has a tracker refused half of the limit: %v", err)
	}
	used := r.Budget().Used()
	r.Budget().Return(limit / 4)
	if got := r.Budget().Used(); got != used {
		t.Errorf("used %d, was %d", got, used)
	}
}

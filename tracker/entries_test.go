package tracker

import (
	"testing"
	"time"
)

// A tracker that the log has been told of, and that cannot be found yet, is among the
// entries: else a base would not have it, and the log that does would be removed.
func TestEntries_WaitForWhoMakesOne(t *testing.T) {
	r, err := NewRegistry(Config{}, NewBudget(0))
	if err != nil {
		t.Fatal(err)
	}
	made, err := newTracker("made:", Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock() // as insert: here the log is told
	found := make(chan bool)
	go func() {
		is := false
		for e := range r.Entries() {
			is = is || e.Object() == &made.object
		}
		found <- is
	}()
	time.Sleep(50 * time.Millisecond) // for entries that do not wait
	tab := r.table.Load()
	tab.link(tab.hash(made.Prefix()), made)
	r.mu.Unlock()
	if !<-found {
		t.Error("a tracker was not among the entries")
	}
}

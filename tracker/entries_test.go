package tracker

import (
	"context"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
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

// A base that is written between a tracker's words and its place has it: the log behind
// says only what it is called. One that never gets its place does not come back.
func TestEntries_HaveWhatIsBeingMade(t *testing.T) {
	dir := t.TempDir()
	open := func() (*Registry, *journal.Log) {
		r, err := NewRegistry(Config{}, NewBudget(0))
		if err != nil {
			t.Fatal(err)
		}
		fs, err := journal.Directory(dir)
		if err != nil {
			t.Fatal(err)
		}
		to := r.Restore()
		l, _, err := journal.Open(journal.Options{FS: fs, Target: to, Objects: r.Entries(), BootID: [16]byte{1}, Growth: journal.DefaultGrowth})
		if err != nil {
			t.Fatal(err)
		}
		if err := to.Keep(l); err != nil {
			t.Fatal(err)
		}
		l.Start()
		return r, l
	}
	r, l := open()
	for _, prefix := range []string{"left", "placed", "unfinished"} { // no base behind its place
		made, err := newTracker(prefix, Config{}, r.budget)
		if err != nil {
			t.Fatal(err)
		}
		made.Add(70)
		r.announce(made)
		l.Commit(l.NewBatch()) // it is written before the base begins
		if prefix == "unfinished" {
			continue // no base has it
		}
		if err := l.Rewrite(context.Background()); err != nil {
			t.Fatal(err)
		}
		if prefix == "placed" {
			if in, _, err := r.place(made, false, 0); !in || err != nil {
				t.Fatal(in, err)
			}
		}
	}
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	r, l = open()
	defer l.Close(context.Background())
	if all := r.Prefixes(); len(all) != 1 || all[0] != "placed" || !r.Get("placed").Exists(70) {
		t.Errorf("%q come back", all)
	}
}

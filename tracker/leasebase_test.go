package tracker

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
)

// comesBack tells what a registry is like that is restored from dir as it is now.
func comesBack(t *testing.T, dir string) *Registry {
	t.Helper()
	image := filepath.Join(t.TempDir(), "image")
	imageOf(t, dir, image)
	again, _ := logged(t, image)
	return again
}

// A lease that has more runs than one note has, and is settled in parts between two of its notes, comes back
// whole: no ID of it exists because a note has left it out.
func TestLease_IsWholeInABaseWhileItIsSettled(t *testing.T) {
	t.Parallel()
	const n = 3 * grantPiece
	for name, settle := range map[string]func(c *Caller, token string, at uint64){
		"confirmed from the front": func(c *Caller, token string, _ uint64) { c.Confirm(token, oddFrom(1, 6000)) },
		"split in the middle":      func(c *Caller, token string, _ uint64) { c.Release(token, oddFrom(20_001, 6000)) },
		"in part":                  func(c *Caller, token string, at uint64) { c.Confirm(token, oddFrom(at, 1000)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var meanwhile func()
			r, l := loggedWith(t, dir, func(all journal.Objects) journal.Objects {
				return func(yield func(journal.Entry) bool) {
					for e := range all {
						said := e.Notes
						e.Notes = func(yield func(journal.Note) bool) {
							for note := range said {
								if !yield(note) {
									return
								}
								meanwhile()
							}
						}
						if !yield(e) {
							return
						}
					}
				}
			})
			c, changes := r.Caller(nil), l.NewBatch()
			c.Note(changes)
			var even []uint64
			for id := range uint64(n) {
				even = append(even, 2*id)
			}
			c.At("p").Add(even)
			token, _ := lend(t, c, "p", ClaimLease, n, LeaseTerms{})
			l.Commit(changes)
			at := uint64(1)
			meanwhile = func() {
				settle(c, token, at)
				at += 2000
				l.Commit(changes)
			}
			if err := l.Rewrite(context.Background()); err != nil {
				t.Fatal(err)
			}
			want, got := r.Get("p").Stats(), comesBack(t, dir).Get("p").Stats()
			if got.Leased != want.Leased || got.Count != want.Count {
				t.Errorf("%d in flight and %d exist, want %d and %d", got.Leased, got.Count, want.Leased, want.Count)
			}
		})
	}
}

func oddFrom(id, n uint64) (ids []uint64) {
	for id |= 1; n > 0; n-- {
		ids, id = append(ids, id), id+2
	}
	return ids
}

// dawdler is who is told of a change and takes his time.
type dawdler struct {
	told, goOn chan struct{}
	once       sync.Once
}

func (s *dawdler) Changed(*Tracker) { s.once.Do(func() { close(s.told); <-s.goOn }) }
func (s *dawdler) ChangedAll()      {}

// Leases that have ended, and whose IDs are not given back yet, are in a base: else the IDs would exist
// after a restart, and nobody have confirmed them.
func TestLease_ThatHasEndedIsInABaseUntilItHasLapsed(t *testing.T) {
	dir := t.TempDir()
	r, l := logged(t, dir)
	to := &dawdler{told: make(chan struct{}), goOn: make(chan struct{})}
	r.Notify(to)
	c, changes := r.Caller(nil), l.NewBatch()
	c.Note(changes)
	for range 5 {
		lend(t, c, "p", ClaimLease, 10, LeaseTerms{OnClose: true, TTL: time.Hour})
	}
	l.Commit(changes)
	c.Close()
	<-to.told // one of them has lapsed
	if err := l.Rewrite(context.Background()); err != nil {
		t.Fatal(err)
	}
	again := comesBack(t, dir)
	close(to.goOn)
	waitUntil(t, func() bool { return again.Get("p").Stats().Leased == 0 })
	if n := again.Get("p").Count(); n != 0 {
		t.Errorf("%d IDs exist, and nobody has confirmed any", n)
	}
}

// However many IDs are settled at once, each note of them can be read back.
func TestLease_SettlesMoreThanOneNoteHas(t *testing.T) {
	t.Parallel()
	const n, apart = 540_000, 7
	r, l := logged(t, t.TempDir())
	c, changes := r.Caller(nil), l.NewBatch()
	c.Note(changes)
	ids := make([]uint64, n)
	for i := range ids {
		ids[i] = uint64(i) * apart
	}
	c.At("p").Add(ids)
	token, _ := lend(t, c, "p", TakeLease, n, LeaseTerms{})
	if settled, err := c.Confirm(token, ids[5:]); settled != n-5 || err != nil {
		t.Fatal(settled, err)
	}
	if s := r.Get("p").Stats(); s.Leased != 5 || s.Count != 0 {
		t.Error(s.Leased, s.Count)
	}
	if settled, err := c.Release(token, ids); settled != 5 || err != nil {
		t.Error(settled, err)
	}
	if _, err := c.Confirm(token, ids); err != ErrNoLease {
		t.Error(err)
	}
}

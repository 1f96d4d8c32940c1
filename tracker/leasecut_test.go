package tracker

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
)

// After a cut of the power a confirmation may be missing that its holder was told of. So no claim in flight where the
// prefix hands out is free again, however often the server starts after that, and whether or not a base
// is written; a take goes on.
func TestLease_ClaimsAreInDoubtAfterACut(t *testing.T) {
	dir := t.TempDir()
	open := func(dir string, boot byte) (*Registry, *journal.Log, *journal.Report) {
		r, err := NewRegistry(Config{MaxID: 1 << 22}, nil)
		if err != nil {
			t.Fatal(err)
		}
		fs, err := journal.Directory(dir)
		if err != nil {
			t.Fatal(err)
		}
		to := r.Restore()
		l, report, err := journal.Open(journal.Options{FS: fs, Target: to, Objects: r.Entries(), BootID: [16]byte{boot}, Policy: journal.EverySec})
		if err != nil {
			t.Fatal(err)
		}
		if err := to.Keep(l); err != nil {
			t.Fatal(err)
		}
		l.Start()
		t.Cleanup(func() { r.Close(); l.Close(context.Background()) })
		return r, l, report
	}
	image := func(dir string) string {
		to := filepath.Join(t.TempDir(), "image")
		imageOf(t, dir, to)
		return to
	}
	r, l, _ := open(dir, 1)
	c, changes := r.Caller(nil), l.NewBatch()
	c.Note(changes)
	commit := func() { l.Wait(l.Commit(changes), nil) }
	for range 30 { // until there is a window
		if _, err := c.At("p").ClaimNext(nil, Everything, 10); err != nil {
			t.Fatal(err)
		}
		commit()
		time.Sleep(5 * time.Millisecond)
	}
	waitUntil(t, func() bool { return l.Status().Position == l.Status().Synced })
	claim, claimed := lend(t, c, "p", ClaimLease, 10, LeaseTerms{})
	take, taken := lend(t, c, "p", TakeLease, 5, LeaseTerms{})
	commit()
	before := r.Get("p").Count()
	cutIn := image(dir)
	cut, cutLog, report := open(cutIn, 2)
	if !report.PowerLoss {
		t.Fatal("no cut")
	}
	check := func(r *Registry, when string) {
		x, c := r.Get("p"), r.Caller(nil)
		for _, run := range claimed {
			for id := run.Start; id < run.Start+run.Len; id++ {
				if !x.exists(id) {
					t.Errorf("%s: %d may have been confirmed, and does not exist", when, id)
				}
			}
		}
		if s := x.Stats(); s.Leased != Total(taken) || s.Leases != 1 || s.Count < before+Total(claimed) {
			t.Errorf("%s: %d in flight of %d leases, %d exist", when, s.Leased, s.Leases, s.Count)
		}
		if _, err := c.Confirm(claim, nil); err != ErrNoLease {
			t.Errorf("%s: %v", when, err)
		}
	}
	check(cut, "after the cut")
	again, _, _ := open(image(cutIn), 2)
	check(again, "after another start")
	if err := cutLog.Rewrite(context.Background()); err != nil {
		t.Fatal(err)
	}
	again, _, _ = open(image(cutIn), 2)
	check(again, "from a base")
	if n, err := again.Caller(nil).Confirm(take, nil); n != Total(taken) || err != nil {
		t.Error(n, err)
	}
}

package tracker_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// What a lease changes is changed and said in one hold of the log's mutex (J10): while another has the
// mutex nothing of it is seen. Else others may rely on it, and be in the log, before it is.
func TestLeases_ChangeWhatTheLogSays(t *testing.T) {
	t.Parallel()
	hour := tracker.LeaseTerms{TTL: time.Hour}
	lease := func(c *tracker.Caller, ids uint64) string {
		token, _, err := c.At("p:").ClaimLease(nil, tracker.Range{Max: ids}, tracker.Mask{}, int(ids), hour)
		if err != nil || token == "" {
			t.Errorf("no lease: %v", err)
		}
		return token
	}
	for name, change := range map[string]func(c *tracker.Caller, token string){
		"a claim": func(c *tracker.Caller, _ string) { lease(c, 8) },
		"a take": func(c *tracker.Caller, _ string) {
			c.At("p:").TakeLease(nil, tracker.Everything, tracker.Mask{}, 1, hour)
		},
		"a confirm": func(c *tracker.Caller, token string) { c.Confirm(token, nil) },
		"a release": func(c *tracker.Caller, token string) { c.Release(token, nil) },
		"an end":    func(c *tracker.Caller, token string) { c.Renew(token, 0) },
		"a reset":   func(c *tracker.Caller, _ string) { c.At("p:").Reset() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, l := kept(t, t.TempDir())
			defer r.Close()
			c := r.Caller(nil)
			token := lease(c, 4)
			if name != "a reset" { // which takes what exists as any range is taken: noted behind it
				if _, err := c.At("p:").Add([]uint64{100}); err != nil {
					t.Fatal(err)
				}
			}
			seen := func() [2]uint64 { s := r.Get("p:").Stats(); return [2]uint64{s.Leased, s.Count} }
			before := seen()
			held, free, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
			var tracked journal.Tracked
			for e := range r.Entries() {
				tracked = e.Tracked
			}
			go l.Record(tracked, func(dst []byte) []byte { close(held); <-free; return dst })
			<-held
			go func() { change(r.Caller(nil), token); close(done) }()
			for range 2000 {
				runtime.Gosched()
				if now := seen(); now != before {
					t.Errorf("%v was %v before it is in the log", now, before)
					break
				}
			}
			close(free)
			<-done
		})
	}
}

// A note is enough: when the process dies before the words behind it are in the log, what the note
// names is in flight all the same, and goes to nobody else.
func TestLeases_ANoteIsEnough(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, l := kept(t, dir)
	c := r.Caller(nil) // without a batch nothing but notes is in the log
	token, _, err := c.At("p:").ClaimLease(nil, tracker.Range{Max: 4}, tracker.Mask{}, 4, tracker.LeaseTerms{TTL: time.Hour})
	if err != nil || token == "" {
		t.Fatal(token, err)
	}
	r.Close()
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	r, _ = kept(t, dir)
	defer r.Close()
	c = r.Caller(nil)
	if got, err := c.At("p:").ClaimNext(nil, tracker.Range{Max: 4}, 4); err != nil || len(got) > 0 {
		t.Errorf("%v went to somebody else, %v", got, err)
	}
	if n, err := c.Confirm(token, nil); n != 4 || err != nil || r.Get("p:").Count() != 4 {
		t.Errorf("confirmed %d, %v; %d exist", n, err, r.Get("p:").Count())
	}
}

// again is the registry of dir after the process has died: what is in the log has happened, nothing else.
func again(t *testing.T, dir string, l *journal.Log) (*tracker.Registry, *journal.Log) {
	t.Helper()
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return kept(t, dir)
}

// A renewal is in the log: a lease has its new time, and no less, when the process has died.
func TestLeases_ARenewalOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, l := kept(t, dir)
	c := r.Caller(nil)
	token, _, _ := c.At("p:").ClaimLease(nil, tracker.Range{Max: 4}, tracker.Mask{}, 4, tracker.LeaseTerms{TTL: time.Minute})
	if err := c.Renew(token, time.Hour); err != nil {
		t.Fatal(err)
	}
	r.Close()
	r, _ = again(t, dir, l)
	defer r.Close()
	if all := r.Get("p:").Leases(nil, 2); len(all) != 1 || all[0].TTL < 50*time.Minute {
		t.Errorf("after the restart: %+v", all)
	}
}

// Who was told that a lease has ended is told so after a restart, too, although its IDs had not been given
// back: the registry does nothing in the background any more.
func TestLeases_AnEndThatWasToldOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, l := kept(t, dir)
	c := r.Caller(nil)
	token, _, _ := c.At("p:").ClaimLease(nil, tracker.Range{Max: 4}, tracker.Mask{}, 4, tracker.LeaseTerms{TTL: 200 * time.Millisecond})
	r.Close()
	for {
		if _, err := c.Confirm(token, []uint64{9}); err == tracker.ErrNoLease {
			break
		}
		runtime.Gosched()
	}
	r, _ = again(t, dir, l)
	defer r.Close()
	if n, err := r.Caller(nil).Confirm(token, nil); err != tracker.ErrNoLease {
		t.Errorf("after the restart %d were confirmed, %v", n, err)
	}
}

package tracker_test

import (
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
			if _, err := c.At("p:").Add([]uint64{100}); err != nil {
				t.Fatal(err)
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

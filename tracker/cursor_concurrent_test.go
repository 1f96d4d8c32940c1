package tracker

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Leases that are too short, workers that leave, confirmations that come too late, others who look, a base that is
// written all the while: each ID is confirmed once, and to whoever has it alone.
func TestCursor_EachIDIsConfirmedOnce(t *testing.T) {
	t.Parallel()
	const n = 20000
	r, l := logged(t, t.TempDir())
	c := r.Caller(nil)
	c.At("p").AddRange(Range{0, n})
	work(t, r, "c", "p", Pass{Filter: Set, Range: Range{0, n}, Random: true, Seed: 1})
	var confirmed [n]atomic.Int32
	var again, late atomic.Int64
	var working, looking sync.WaitGroup
	done := make(chan struct{})
	looking.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if err := l.Rewrite(context.Background()); err != nil {
				t.Error(err)
			}
			if i, err := c.CursorInfo("c"); err != nil || i.Issued+i.Returned > n {
				t.Error(i, err)
			}
		}
	})
	for k := range 8 {
		working.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(k), 3))
			w, notes := worker{r.Caller(nil), t, "c"}, l.NewBatch()
			w.Note(notes)
			for {
				o := LeaseTerms{TTL: time.Duration(1+rnd.IntN(20)) * time.Millisecond, OnClose: rnd.IntN(2) == 0}
				page := w.page(1+rnd.IntN(60), &o)
				l.Commit(notes)
				if page.Turn == AtEnd {
					return
				}
				if page.Turn == NotYet {
					time.Sleep(time.Millisecond)
					continue
				}
				ids := listed(page.Runs)
				if rnd.IntN(4) == 0 {
					time.Sleep(time.Duration(rnd.IntN(25)) * time.Millisecond)
				}
				switch rnd.IntN(12) {
				case 0:
					if o.OnClose {
						w.Close()
						w.Caller = r.Caller(nil)
						w.Note(notes)
						again.Add(1)
						continue
					}
				case 1:
					w.Release(page.Token, ids[:1+rnd.IntN(len(ids))])
					again.Add(1)
					continue
				case 2:
					ids = ids[:1+rnd.IntN(len(ids))] // the rest runs out
				}
				settled, err := w.Confirm(page.Token, ids)
				l.Commit(notes)
				switch {
				case errors.Is(err, ErrNoLease):
					late.Add(1)
				case err != nil || settled != uint64(len(ids)):
					t.Error(settled, err)
				default:
					for _, id := range ids {
						confirmed[id].Add(1)
					}
				}
			}
		})
	}
	working.Wait()
	close(done)
	looking.Wait()
	for id := range confirmed {
		if times := confirmed[id].Load(); times != 1 {
			t.Fatalf("%d was confirmed %d times", id, times)
		}
	}
	if i, _ := c.CursorInfo("c"); i.Issued != n || i.Outstanding+i.Returned != 0 {
		t.Errorf("%+v", i)
	}
	if s := r.cursor("c"); s.paid != 0 {
		t.Errorf("%d bytes are left on the books", s.paid)
	}
	t.Logf("%d pages came back, %d confirmations were too late", again.Load(), late.Load())
}

// Whoever moves, closes and opens it meanwhile: whoever has a page has it for himself, or it has ended.
func TestCursor_BesideWhoMovesAndClosesIt(t *testing.T) {
	t.Parallel()
	r := within(5000)
	defer r.Close()
	r.GetOrCreate("p")
	var all sync.WaitGroup
	until := time.Now().Add(300 * time.Millisecond)
	for k := range 6 {
		all.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(k), 5))
			c := r.Caller(nil)
			for time.Now().Before(until) {
				switch rnd.IntN(30) {
				case 0:
					c.CloseCursor("c")
				case 1:
					c.SeekCursor("c", rnd.Uint64N(5000))
				case 2:
					c.Drop("p")
				case 3, 4, 5:
					c.At("p").Reserve(1)
					if err := c.At("p").OpenCursor("c", Pass{Filter: All, Range: Range{0, 5000}, Loop: true}); err != nil && err != ErrNoPrefix {
						t.Error(err)
					}
				default:
					o := &LeaseTerms{TTL: time.Duration(rnd.IntN(3)) * time.Millisecond}
					page, err := c.NextCursor(nil, "c", 1+rnd.IntN(100), o, patient{})
					if err != nil && err != ErrNoCursor {
						t.Error(err)
					}
					if page.Turn == Handed && rnd.IntN(2) == 0 {
						if _, err := c.Confirm(page.Token, nil); err != nil && err != ErrNoLease {
							t.Error(err)
						}
					}
				}
			}
		})
	}
	all.Wait()
	c := r.Caller(nil)
	c.Clear()
	for kept := 1; kept > 0; time.Sleep(time.Millisecond) {
		r.holds.mu.Lock()
		kept = len(r.holds.byToken)
		r.holds.mu.Unlock()
	}
	if used := r.Budget().Used(); used != 0 {
		t.Errorf("%d bytes are left on the books", used)
	}
}

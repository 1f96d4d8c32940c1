package integration_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

// TestScene_ReadsBesideAPrefill: an ID is found by SCAN and SAMPLE when its key is there, and not before.
func TestScene_ReadsBesideAPrefill(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
	s.startAll(t, 4, handOut("PT.CLAIMNEXT vec: COUNT 500").lease(5000).until("PT.COUNT vec:", n))
	r := s.readWhileTheyWork(t, time.Hour)
	s.waitAll(t)
	checkHolds(t, s.batches(t))
	t.Logf("%d reads, %d of IDs drawn, while %d keys were written: %d misses", r.reads.Load(), r.drawn.Load(), n, r.misses.Load())
	if r.misses.Load() > 0 || r.reads.Load() < int64(n) {
		t.Errorf("%d of %d reads missed, want 0 of %d at least", r.misses.Load(), r.reads.Load(), n)
	}
	if got := s.mustAgree(t, "vec:", n); got != n {
		t.Errorf("%d IDs exist, want %d", got, n)
	}
}

// TestScene_ReadsBesideDeletes: an ID that somebody has taken is found no more, while its key is still there for who
// has found it before: deleters leave such readers a second, and who took longer to read is no witness. Without that
// second a reader may come too late for a key, but only for that of an ID which exists no more when he asks again.
func TestScene_ReadsBesideDeletes(t *testing.T) {
	for name, grace := range map[string]time.Duration{"a second later": time.Second, "at once": 0} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			n := *sceneKeys / 800 * 800
			s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
			s.prefill(t, "vec:", n)
			batches := 3
			if grace == 0 {
				batches = n / 400
			}
			count := n / 4 / batches * 3 / 4 // of four workers: three quarters of all
			take := handOut(fmt.Sprintf("PT.TAKENEXT vec: COUNT %d", count)).lease(30_000)
			take.Store, take.Grace, take.Batches = "DEL", grace.Seconds(), batches
			s.startAll(t, 4, take)
			r := s.readWhileTheyWork(t, grace)
			missed := s.waitAll(t)
			checkHolds(t, s.batches(t))
			t.Logf("%d reads in time, %d of IDs drawn, and %d that took longer, while %d of %d keys were deleted: %d misses; %d came too late",
				r.reads.Load(), r.drawn.Load(), r.late.Load(), 4*batches*count, n, r.misses.Load(), r.tooLate.Load())
			if r.misses.Load() > 0 || grace > 0 && r.reads.Load() < int64(n) {
				t.Errorf("%d of %d reads missed, want 0 of %d at least", r.misses.Load(), r.reads.Load(), n)
			}
			if missed > 0 {
				t.Errorf("%d deletes found no key", missed)
			}
			if got := s.mustAgree(t, "vec:", n); got != n-4*batches*count {
				t.Errorf("%d IDs exist, want %d", got, n-4*batches*count)
			}
		})
	}
}

// readers read what the tracker says that exists.
type readers struct {
	reads, drawn, late atomic.Int64
	misses             atomic.Int64 // of keys that were to be there
	tooLate            atomic.Int64 // of IDs that exist no more, by readers who took too long
}

// readWhileTheyWork reads as long as one of the workers does: two readers draw IDs, two go through all.
func (s *scene) readWhileTheyWork(t *testing.T, inTime time.Duration) *readers {
	t.Helper()
	r := &readers{}
	working := func() bool {
		for _, w := range s.workers {
			if !w.hasExited() {
				return true
			}
		}
		return false
	}
	inParallel(t, 4, func(reader int) error {
		tracker, err := dial(s.tracker.addr)
		if err != nil {
			return err
		}
		defer tracker.close()
		store, err := dial(s.store.addr)
		if err != nil {
			return err
		}
		defer store.close()
		cursor := "0"
		for working() {
			asked := time.Now()
			var keys []string
			if reader < 2 {
				if keys, err = tracker.list("PT.SAMPLE", "vec:", "COUNT", "100", "KEYS"); err != nil {
					return err
				}
				r.drawn.Add(int64(len(keys)))
			} else {
				page, err := tracker.do("PT.SCAN", "vec:", cursor, "COUNT", "100", "KEYS")
				if err != nil || len(page.items) != 2 {
					return fmt.Errorf("PT.SCAN replied %.100q, %w", page.raw, err)
				}
				cursor, keys = page.items[0].text, page.items[1].texts()
			}
			if len(keys) == 0 {
				continue
			}
			values, err := store.do(append([]string{"MGET"}, keys...)...)
			if err != nil {
				return err
			}
			late := time.Since(asked) > inTime
			if late {
				r.late.Add(int64(len(keys)))
			} else {
				r.reads.Add(int64(len(keys)))
			}
			for i, value := range values.items {
				if value.kind != 0 {
					continue
				}
				id, err := keyID("vec:", keys[i])
				if err != nil {
					return err
				}
				exists, err := tracker.do("PT.EXISTS", "vec:", fmt.Sprint(id))
				if err != nil {
					return err
				}
				if !late || exists.text != "0" {
					r.misses.Add(1)
				} else {
					r.tooLate.Add(1)
				}
			}
		}
		return nil
	})
	return r
}

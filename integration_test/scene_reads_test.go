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
// has found it before. Deleters leave such readers a second; who took longer to read is no witness.
func TestScene_ReadsBesideDeletes(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
	s.prefill(t, "vec:", n)
	const grace = time.Second
	take := handOut(fmt.Sprintf("PT.TAKENEXT vec: COUNT %d", n/16)).lease(30_000).until("PT.COUNT vec:", 0)
	take.Store, take.Grace, take.Batches = "DEL", grace.Seconds(), 3 // three quarters of all
	s.startAll(t, 4, take)
	r := s.readWhileTheyWork(t, grace)
	missed := s.waitAll(t)
	checkHolds(t, s.batches(t))
	t.Logf("%d reads, %d of IDs drawn, while three quarters of %d keys were deleted: %d misses; %d reads took too long to be a witness", r.reads.Load(), r.drawn.Load(), n, r.misses.Load(), r.late.Load())
	if r.misses.Load() > 0 || r.reads.Load() < int64(n) {
		t.Errorf("%d of %d reads missed, want 0 of %d at least", r.misses.Load(), r.reads.Load(), n)
	}
	if missed > 0 {
		t.Errorf("%d deletes found no key", missed)
	}
	if got := s.mustAgree(t, "vec:", n); got != n-12*(n/16) {
		t.Errorf("%d IDs exist, want %d", got, n-12*(n/16))
	}
}

// readers read what the tracker says that exists.
type readers struct{ reads, drawn, misses, late atomic.Int64 }

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
			if time.Since(asked) > inTime {
				r.late.Add(int64(len(keys)))
				continue
			}
			r.reads.Add(int64(len(keys)))
			for _, value := range values.items {
				if value.kind == 0 {
					r.misses.Add(1)
				}
			}
		}
		return nil
	})
	return r
}

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
	r := s.readBeside(t, time.Hour, n, func(prefix string) {
		s.startAll(t, 4, handOut("PT.CLAIMNEXT "+prefix+" COUNT 500").lease(5000).until("PT.COUNT "+prefix, n))
		s.waitAll(t)
		if got := s.mustAgree(t, prefix, n); got != n {
			t.Errorf("%d IDs exist, want %d", got, n)
		}
	})
	if r.misses.Load() > 0 {
		t.Errorf("%d of %d reads missed", r.misses.Load(), r.reads.Load())
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
			batches := 3
			if grace == 0 {
				batches = n / 400
			}
			count := n / 4 / batches * 3 / 4 // of four workers: three quarters of all
			r := s.readBeside(t, grace, n, func(prefix string) {
				s.prefill(t, prefix, n)
				take := handOut(fmt.Sprintf("PT.TAKENEXT %s COUNT %d", prefix, count)).lease(30_000)
				take.Store, take.Grace, take.Batches = "DEL", grace.Seconds(), batches
				s.startAll(t, 4, take)
				if missed := s.waitAll(t); missed > 0 {
					t.Errorf("%d deletes found no key", missed)
				}
				if got := s.mustAgree(t, prefix, n); got != n-4*batches*count {
					t.Errorf("%d IDs exist, want %d", got, n-4*batches*count)
				}
			})
			if r.misses.Load() > 0 {
				t.Errorf("%d of %d reads missed", r.misses.Load(), r.reads.Load())
			}
		})
	}
}

// readers read what the tracker says that exists.
type readers struct {
	prefix             atomic.Pointer[string]
	ending             atomic.Bool
	reads, drawn, late atomic.Int64
	misses             atomic.Int64 // of keys that were to be there
	tooLate            atomic.Int64 // of IDs that exist no more, by readers who took too long
}

// readBeside reads beside the work of a round, and of another one on another prefix, until enough was read: two readers
// draw IDs, two go through all. Who took longer than inTime from finding an ID to reading its key is no witness.
func (s *scene) readBeside(t *testing.T, inTime time.Duration, enough int, round func(prefix string)) *readers {
	t.Helper()
	r := &readers{}
	rounds := 0
	done := make(chan struct{})
	defer func() { // also when a round fails
		r.ending.Store(true)
		<-done
		t.Logf("%d rounds: %d reads in time and %d that took longer, %d of IDs drawn: %d misses; %d came too late for what is gone",
			rounds, r.reads.Load(), r.late.Load(), r.drawn.Load(), r.misses.Load(), r.tooLate.Load())
	}()
	none := "none:"
	r.prefix.Store(&none)
	failures := make(chan error, 4)
	go func() {
		defer close(done)
		for reader := range 4 {
			go func() { failures <- r.read(s, reader, inTime) }()
		}
		for range 4 {
			if err := <-failures; err != nil {
				t.Error(err)
			}
		}
	}()
	for ; int(r.reads.Load()+r.late.Load()) < enough; rounds++ {
		prefix := fmt.Sprintf("vec%d:", rounds)
		s.admin.mustDo(t, fmt.Sprintf("PT.CREATE %s MAXID %d", prefix, *sceneKeys), simple("OK"))
		r.prefix.Store(&prefix)
		first := len(s.workers)
		round(prefix)
		checkHolds(t, s.batchesFrom(t, first))
	}
	return r
}

func (r *readers) read(s *scene, reader int, inTime time.Duration) error {
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
	for cursor := "0"; !r.ending.Load(); {
		asked, prefix := time.Now(), *r.prefix.Load()
		var keys []string
		if reader < 2 {
			if keys, err = tracker.list("PT.SAMPLE", prefix, "COUNT", "100", "KEYS"); err != nil {
				return err
			}
			r.drawn.Add(int64(len(keys)))
		} else {
			page, err := tracker.do("PT.SCAN", prefix, cursor, "COUNT", "100", "KEYS")
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
			id, err := keyID(prefix, keys[i])
			if err != nil {
				return err
			}
			exists, err := tracker.do("PT.EXISTS", prefix, fmt.Sprint(id))
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
}

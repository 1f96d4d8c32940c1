package integration_test

import (
	"fmt"
	"testing"
)

// drawn reads keys that PT.SAMPLE draws, and returns how many the store has not.
func (s *scene) drawn(t *testing.T, prefix string, n int) (misses int) {
	t.Helper()
	for range n / 1000 {
		keys := s.admin.mustReply(t, "PT.SAMPLE", prefix, "COUNT", "1000", "KEYS").texts()
		if len(keys) != 1000 {
			t.Fatalf("PT.SAMPLE drew %d keys, want 1000", len(keys))
		}
		for _, value := range s.redis.mustReply(t, append([]string{"MGET"}, keys...)...).items {
			if value.kind == 0 {
				misses++
			}
		}
	}
	return misses
}

// TestScene4_LongCycle: fill, overwrite, delete the half of it, read what is left, delete the half of that, fill it again.
// A cursor's LIMIT is the budget of all deleters.
func TestScene4_LongCycle(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys / 1000 * 1000
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE k: MAXID %d", n), simple("OK"))
	s.prefill(t, "k:", n)
	s.admin.mustDo(t, "COPY k: full", integer(1))

	s.admin.mustDo(t, fmt.Sprintf("PT.CURSOR OPEN del k: SET RANDOM 5 LIMIT %d", n/2), simple("OK"))
	remove := handOut("PT.CURSOR NEXT del COUNT 500").lease(30_000)
	remove.Store, remove.Remove = "DEL", "k:" // first it is found no more, then it goes
	s.startAll(t, 4, remove)
	if missed := s.waitAll(t); missed > 0 {
		t.Errorf("%d deletes found no key", missed)
	}
	s.admin.mustDo(t, "PT.COUNT k:", integer(n/2))
	if misses := s.drawn(t, "k:", max(n/10, 2000)); misses > 0 {
		t.Errorf("%d reads missed", misses)
	}

	take := handOut(fmt.Sprintf("PT.TAKENEXT k: COUNT %d", n/400)).lease(30_000)
	take.Store, take.Batches = "DEL", 25
	s.startAll(t, 4, take)
	if missed := s.waitAll(t); missed > 0 {
		t.Errorf("%d deletes found no key", missed)
	}
	s.admin.mustDo(t, "PT.COUNT k:", integer(n/4))
	s.admin.mustDo(t, "PT.COUNT full EXCEPT k:", integer(n-n/4)) // what is gone
	s.admin.mustDo(t, "PT.COUNT k: EXCEPT full", integer(0))     // what has come
	checkHolds(t, s.batches(t))

	first := len(s.workers)
	s.startAll(t, 4, handOut("PT.CLAIMNEXT k: COUNT 500").lease(30_000).until("PT.COUNT k:", n))
	s.waitAll(t)
	filled := 0
	for _, b := range s.batchesFrom(t, first) {
		filled += len(b.ids)
	}
	if filled != n-n/4 {
		t.Errorf("%d IDs were handed out, want %d", filled, n-n/4)
	}
	s.admin.mustDo(t, "PT.COUNT full EXCEPT k:", integer(0))
	s.admin.mustDo(t, "PT.COUNT k: EXCEPT full", integer(0))
	if got := s.mustAgree(t, "k:", n); got != n {
		t.Errorf("%d IDs exist, want %d", got, n)
	}
}

// TestScene5_Mix: nine in ten writes overwrite and one makes a new key, at every density. The draw says which it is,
// and a claim decides between two who drew the same free ID.
func TestScene5_Mix(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys
	for _, percent := range []int{1, 50, 98} {
		s.admin.mustDo(t, fmt.Sprintf("PT.CREATE k: MAXID %d", n*10), simple("OK"))
		before := n / 10 * percent
		s.admin.mustDo(t, fmt.Sprintf("PT.CURSOR OPEN some k: UNSET RANDOM 3 LIMIT %d", before), simple("OK"))
		for {
			page := s.admin.mustReply(t, "PT.CURSOR", "NEXT", "some", "COUNT", "10000").texts()
			if len(page) == 0 {
				break
			}
			s.admin.mustDoArgs(t, append([]string{"PT.ADD", "k:"}, page...), integer(len(page)))
		}
		s.admin.mustDo(t, "PT.CURSOR CLOSE some", integer(1))

		overwrites, created := 0, 0
		draws := n / 1000
		for range draws {
			var claim []string
			for _, pair := range s.admin.mustReply(t, words("PT.SAMPLE k: COUNT 1000 HIT 0.9 WITHSTATE DISTINCT")...).items {
				if len(pair.items) != 2 {
					t.Fatalf("%q is no pair", pair.raw)
				}
				if pair.items[1].text == "1" {
					overwrites++
				} else {
					claim = append(claim, pair.items[0].text)
				}
			}
			for _, won := range s.admin.mustReply(t, append([]string{"PT.MCLAIM", "k:"}, claim...)...).texts() {
				created += atoi(t, won)
			}
		}
		if overwrites != draws*900 || created != draws*100 {
			t.Errorf("at %d %%: %d overwrites and %d new keys, want %d and %d", percent, overwrites, created, draws*900, draws*100)
		}
		s.admin.mustDo(t, "PT.COUNT k:", integer(before+draws*100))
		s.admin.mustDo(t, "PT.DROP k:", integer(1))
	}
}

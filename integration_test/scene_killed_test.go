package integration_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// steps are the moments at which a worker can be killed: between any two things that it does, after a command was
// sent and before its reply was read, and amid its writes.
var steps = []string{"before", "asking", "got", "half", "renewing", "renewed", "written", "confirming half", "half confirmed", "confirming", "confirmed"}

// TestScene_KilledAtEveryStep: workers that kill themselves in each batch at each step. When their leases have ended,
// exactly what was confirmed has changed, and whoever comes then makes tracker and store the same. Pages of a cursor
// change nothing, and each ID of them is confirmed once.
func TestScene_KilledAtEveryStep(t *testing.T) {
	for name, test := range map[string]struct {
		command, store string
		prefilled      bool
	}{
		"claims": {"PT.CLAIMNEXT vec: COUNT 50", "SET", false},
		"takes":  {"PT.TAKENEXT vec: COUNT 50", "DEL", true},
		"pages":  {"PT.CURSOR NEXT job COUNT 50", "SET", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			n := *sceneKeys / 2
			s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
			if test.prefilled {
				s.prefill(t, "vec:", n)
			}
			pages := name == "pages"
			if pages {
				s.admin.mustDo(t, "PT.CURSOR OPEN job vec: SET RANDOM 9", simple("OK"))
			}
			next := handOut(test.command)
			next.Store = test.store
			killed := s.killAtEveryStep(t, next)
			for _, w := range killed {
				w.waitKilled(t)
			}
			if !pages {
				eventually(t, "their leases have ended", func() bool { return s.leased(t, "vec:") == 0 })
				s.onlyConfirmedHasChanged(t, n, test.prefilled)
			}

			end := 0
			if !test.prefilled || pages {
				end = n
			}
			next = next.lease(2000)
			if !pages { // a cursor says itself when it is at its end
				next = next.until("PT.COUNT vec:", end)
			}
			next.Parts = true
			s.startAll(t, 4, next)
			s.waitAll(t)
			s.redis.mustDo(t, "DBSIZE", integer(end))
			if got := s.mustAgree(t, "vec:", n); got != end {
				t.Errorf("%d IDs exist in the end, want %d", got, end)
			}
			o := checkHolds(t, s.batches(t))
			for _, h := range o.maybe {
				if step := s.workers[h.worker].step; !strings.HasPrefix(step, "confirming") {
					t.Fatalf("ID %d was with worker %d, who was killed at %q, and came back to nobody", h.id, h.worker, step)
				}
			}
			if got := o.confirmed + len(o.maybe); got != n {
				t.Errorf("%d IDs were confirmed, %d of them perhaps, want %d", got, len(o.maybe), n)
			}
			t.Logf("%d workers were killed; %d IDs handed out, %d handed out again", len(killed), o.given, o.again)
		})
	}
}

// killAtEveryStep starts a worker for each step: for each of the first three batches and in both languages in full, in
// short by turns. The leases of a third of them end with their connections, of the others by time.
func (s *scene) killAtEveryStep(t *testing.T, next job) (killed []*sceneWorker) {
	t.Helper()
	for at, step := range steps {
		doomed := next.lease(1500)
		doomed.Renew = true
		if at%3 == 0 { // none of these is at the renewal
			doomed = next.lease(600_000)
			doomed.Next, doomed.TTL = append(doomed.Next, "ONCLOSE"), 1
		}
		doomed.Parts = true
		if *sceneKeys < 1_000_000 {
			killed = append(killed, s.start(t, doomed.dies(at%4%3, step)))
			continue
		}
		for batch := range 3 {
			killed = append(killed, s.startAll(t, 2, doomed.dies(batch, step))...)
		}
	}
	return killed
}

// prefill has both, tracker and store, begin with all IDs below n.
func (s *scene) prefill(t *testing.T, prefix string, n int) {
	t.Helper()
	const page = 10_000
	for from := 0; from < n; from += page {
		set := []string{"MSET"}
		for id := from; id < min(n, from+page); id++ {
			set = append(set, fmt.Sprintf("%s%012d", prefix, id), "value")
		}
		s.redis.mustDoArgs(t, set, simple("OK"))
	}
	s.admin.mustDo(t, fmt.Sprintf("PT.ADDRANGE %s 0 %d", prefix, n), integer(n)) // when they are there
}

// onlyConfirmedHasChanged: an ID exists if its claim was confirmed, or does not exist if its take was. Of what was
// being confirmed when somebody was killed, either is right.
func (s *scene) onlyConfirmedHasChanged(t *testing.T, n int, before bool) {
	t.Helper()
	doubt, confirmed := newIDSet(n), newIDSet(n)
	for _, b := range s.batches(t) {
		for _, h := range b.holds {
			if h.end == "confirmed" {
				confirmed.present[h.id].Store(true)
			} else if strings.HasPrefix(s.workers[b.worker].step, "confirming") {
				doubt.present[h.id].Store(true)
			}
		}
	}
	wrong := 0
	for id, state := range s.states(t, "vec:", n) {
		if changed := state != before; changed && !confirmed.has(uint64(id)) && !doubt.has(uint64(id)) || !changed && confirmed.has(uint64(id)) {
			wrong++
		}
	}
	if wrong > 0 {
		t.Errorf("%d IDs are not what was confirmed", wrong)
	}
}

// states says of each ID below n whether it exists.
func (s *scene) states(t *testing.T, prefix string, n int) []bool {
	t.Helper()
	states := make([]bool, n)
	for cursor := "0"; ; {
		page := s.admin.mustReply(t, "PT.SCAN", prefix, cursor, "COUNT", "10000")
		for _, id := range page.items[1].texts() {
			states[atoi(t, id)] = true
		}
		if cursor = page.items[0].text; cursor == "0" {
			return states
		}
	}
}

// TestScene_StormOfKills: a worker is killed at any moment, and another one comes, until all is done.
func TestScene_StormOfKills(t *testing.T) {
	s := newScene(t)
	n, kills := *sceneKeys, 6
	if n >= 1_000_000 {
		kills = 60
	}
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
	fill := handOut("PT.CLAIMNEXT vec: COUNT 40").lease(1500).until("PT.COUNT vec:", n)
	fill.Parts = true
	alive := s.startAll(t, 4, fill)
	random := rand.New(rand.NewPCG(*killSeed, 15))
	for kill := range kills {
		more := n * (kill + 1) / (kills + 2)
		eventually(t, "more is confirmed", func() bool { return s.number(t, "PT.COUNT vec:") >= more })
		at := random.IntN(len(alive))
		alive[at].kill()
		alive = append(slices.Delete(alive, at, at+1), s.start(t, fill))
	}
	s.waitAll(t)
	s.redis.mustDo(t, "DBSIZE", integer(n))
	if got := s.mustAgree(t, "vec:", n); got != n {
		t.Errorf("%d IDs exist, want %d", got, n)
	}
	o := checkHolds(t, s.batches(t))
	t.Logf("%d workers were killed; %d IDs handed out, %d handed out again, %d lost", kills, o.given, o.again, o.lost)
}

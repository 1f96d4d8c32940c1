package integration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// mustAgree fails the test unless the tracker says of each ID from 0 to n what the store says, and nothing is in
// flight.
func (s *scene) mustAgree(t *testing.T, prefix string, n int) (existing int) {
	t.Helper()
	if leased := s.leased(t, prefix); leased != 0 {
		t.Errorf("%d IDs of %s are in flight", leased, prefix)
	}
	s.admin.mustDo(t, "PT.LEASES "+prefix, array())
	onlyTracker, onlyStore := s.compare(t, prefix, n)
	if len(onlyTracker)+len(onlyStore) > 0 {
		t.Fatalf("of %s the tracker has %d IDs that the store has not, %.40v…, and the store %d that the tracker has not, %.40v…",
			prefix, len(onlyTracker), fmt.Sprint(onlyTracker), len(onlyStore), fmt.Sprint(onlyStore))
	}
	return s.number(t, "PT.COUNT "+prefix)
}

// compare asks both for each ID.
func (s *scene) compare(t *testing.T, prefix string, n int) (onlyTracker, onlyStore []uint64) {
	t.Helper()
	const page = 10_000
	for from := 0; from < n; from += page {
		exists, keys := []string{"PT.MEXISTS", prefix}, []string{"MGET"}
		for id := from; id < min(n, from+page); id++ {
			exists = append(exists, fmt.Sprint(id))
			keys = append(keys, fmt.Sprintf("%s%012d", prefix, id))
		}
		here, there := s.admin.mustReply(t, exists...), s.redis.mustReply(t, keys...)
		for i := range here.items {
			switch tracked, stored := here.items[i].text == "1", there.items[i].kind == '$'; {
			case tracked && !stored:
				onlyTracker = append(onlyTracker, uint64(from+i))
			case stored && !tracked:
				onlyStore = append(onlyStore, uint64(from+i))
			}
		}
	}
	return onlyTracker, onlyStore
}

// TestScene1_Prefill: eight writers fill a store, and one is killed half-way through a batch. The others write what
// it had, when its lease has ended, and all is there once.
func TestScene1_Prefill(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
	fill := handOut("PT.CLAIMNEXT vec: COUNT 256").lease(2000).until("PT.COUNT vec:", n)
	killed := s.start(t, fill.dies(2, "half"))
	eventually(t, "it has begun", func() bool { return s.leased(t, "vec:") > 0 || killed.hasExited() })
	s.startAll(t, 7, fill)
	killed.waitKilled(t)

	// As long as its lease is not over, what it held does not exist, though half of it is written.
	held := s.batches(t)[2]
	exist := s.admin.mustReply(t, append([]string{"PT.MEXISTS", "vec:"}, held.words()...)...).texts()
	if open := s.admin.mustReply(t, "PT.LEASES", "vec:", "COUNT", "100").raw; len(held.ids) != 256 ||
		strings.Contains(open, held.token) && slices.Contains(exist, "1") {
		t.Errorf("of %d IDs in flight some exist", len(held.ids))
	}
	s.waitAll(t)

	s.redis.mustDo(t, "DBSIZE", integer(n))
	if got := s.mustAgree(t, "vec:", n); got != n {
		t.Errorf("%d IDs exist, want %d", got, n)
	}
	o := checkHolds(t, s.batches(t))
	t.Logf("%d IDs handed out, %d confirmed, %d handed out again, %d lost", o.given, o.confirmed, o.again, o.lost)
	if expired := atoi(t, s.admin.mustReply(t, "PT.INFO", "vec:").field(t, "leases_expired").text); expired < 1 {
		t.Error("no lease is said to have ended by time")
	}
	if o.confirmed != n || o.again < 256 {
		t.Errorf("%d IDs were confirmed and %d handed out again, want %d and those of the batch", o.confirmed, o.again, n)
	}
}

// stillHas fails the test unless whoever has this lease has it after a restart. He confirms a half and gives a half back.
func (s *scene) stillHas(t *testing.T, held reply) {
	t.Helper()
	token, ids := held.items[0].text, held.items[1].texts()
	for _, exists := range s.admin.mustReply(t, append([]string{"PT.MEXISTS", "vec:"}, ids...)...).texts() {
		if exists != "0" {
			t.Error("an ID exists that nobody has confirmed")
		}
	}
	s.admin.mustDo(t, "PT.RENEW "+token+" 600000", integer(1))
	s.admin.mustDoArgs(t, append([]string{"PT.RELEASE", token}, ids[:5]...), integer(5))
	for _, id := range ids[5:] {
		s.redis.mustDo(t, fmt.Sprintf("SET vec:%012d admin", atoi(t, id)), simple("OK"))
	}
	s.admin.mustDoArgs(t, []string{"PT.CONFIRM", token}, integer(5))
}

// TestScene2_Restart: the same, and the tracker is killed at a third and at two thirds of it. Workers only connect
// again, and confirm what they have. What was confirmed is there, and is handed out to nobody any more.
func TestScene2_Restart(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
	s.startAll(t, 8, handOut("PT.CLAIMNEXT vec: COUNT 100").lease(2000).until("PT.COUNT vec:", n))
	for life := 1; life < 3; life++ {
		eventually(t, "a third more is confirmed", func() bool { return s.number(t, "PT.COUNT vec:") >= n*life/3 })
		held := s.admin.mustReply(t, words("PT.CLAIMNEXT vec: COUNT 10 LEASE 600000")...)
		before := s.number(t, "PT.COUNT vec:")
		s.killTracker(t)
		s.stillHas(t, held)
		if after := s.number(t, "PT.COUNT vec:"); after < before {
			t.Errorf("%d IDs were confirmed before the kill, and %d after it", before, after)
		}
	}
	s.waitAll(t)
	s.redis.mustDo(t, "DBSIZE", integer(n))
	if got := s.mustAgree(t, "vec:", n); got != n {
		t.Errorf("%d IDs exist, want %d", got, n)
	}
	o := checkHolds(t, s.batches(t))
	t.Logf("%d IDs handed out, %d confirmed with a reply, %d handed out again, %d lost", o.given, o.confirmed, o.again, o.lost)
}

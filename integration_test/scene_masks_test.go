package integration_test

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestScene6_Protected: deleters never get what another prefix protects; what of it is missing can be counted, and is
// handed out to whoever writes it again.
func TestScene6_Protected(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys / 8000 * 8000
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
	s.prefill(t, "vec:", n)
	protected := rand.New(rand.NewPCG(6, 6)).Perm(n)[:n/10]
	gt := []string{"PT.ADD", "gt"}
	for _, id := range protected {
		gt = append(gt, strconv.Itoa(id))
	}
	s.admin.mustDoArgs(t, gt, integer(len(protected)))

	take := handOut(fmt.Sprintf("PT.TAKENEXT vec: COUNT %d EXCEPT gt", n/2/8/20)).lease(30_000)
	take.Store, take.Batches = "DEL", 20 // of eight workers: the half of all
	s.startAll(t, 8, take)
	if missed := s.waitAll(t); missed > 0 {
		t.Errorf("%d deletes found no key", missed)
	}
	slices.Sort(protected)
	for _, b := range s.batches(t) {
		for _, id := range b.ids {
			if _, found := slices.BinarySearch(protected, int(id)); found {
				t.Fatalf("ID %d is protected, and was taken by worker %d", id, b.worker)
			}
		}
	}
	covered := func(present, missing int) {
		t.Helper()
		s.admin.mustDo(t, "PT.COUNT gt ONLY vec:", integer(present))
		s.admin.mustDo(t, "PT.COUNT gt EXCEPT vec:", integer(missing))
	}
	s.admin.mustDo(t, "PT.COUNT vec:", integer(n/2))
	covered(n/10, 0)

	lost := protected[:n/1000]
	rem, del := []string{"PT.REM", "vec:"}, []string{"DEL"}
	for _, id := range lost {
		rem, del = append(rem, strconv.Itoa(id)), append(del, fmt.Sprintf("vec:%012d", id))
	}
	s.admin.mustDoArgs(t, rem, integer(len(lost)))
	s.redis.mustDoArgs(t, del, integer(len(lost)))
	covered(n/10-len(lost), len(lost))

	first := len(s.workers)
	s.startAll(t, 4, handOut("PT.CLAIMNEXT vec: ONLY gt COUNT 64").lease(30_000).until("PT.COUNT gt ONLY vec:", n/10))
	s.waitAll(t)
	var back []int
	for _, b := range s.batchesFrom(t, first) {
		for _, id := range b.ids {
			back = append(back, int(id))
		}
	}
	if slices.Sort(back); !slices.Equal(back, lost) {
		t.Errorf("%d IDs were handed out to be written again, want those %d that were lost", len(back), len(lost))
	}
	covered(n/10, 0)
	s.mustAgree(t, "vec:", n)
}

// A typing error in the name of a mask is an error, and deletes nothing.
func TestScene6_MissingMask(t *testing.T) {
	s := newScene(t)
	s.admin.mustDo(t, "PT.ADDRANGE vec: 0 1000", integer(1000))
	for _, line := range []string{"PT.TAKENEXT vec: EXCEPT tg", "PT.TAKENEXT vec: COUNT 10 ONLY tg LEASE 1000", "PT.CLAIMNEXT vec: EXCEPT tg", "PT.SCAN vec: 0 EXCEPT tg", "PT.COUNT vec: ONLY tg", "PT.SAMPLE vec: EXCEPT tg", "PT.CURSOR OPEN c vec: EXCEPT tg"} {
		if r := s.admin.mustReply(t, words(line)...); r.kind != '-' || !strings.HasPrefix(r.text, "NOPREFIX ") {
			t.Errorf("%s replied %.200q", line, r.raw)
		}
	}
	s.admin.mustDo(t, "PT.COUNT vec:", integer(1000))
}

// keysOfStore tells the tracker of all keys of the store: as they are, or those of vec: as IDs of another prefix.
const keysOfStore = `
import sys, redis
tracker, store = redis.Redis(port=int(sys.argv[1]), decode_responses=True), redis.Redis(port=int(sys.argv[2]), decode_responses=True)
cursor, added = 0, 0
while True:
    cursor, keys = store.scan(cursor, match="vec:*", count=1000)
    if keys and len(sys.argv) == 3:
        added += tracker.execute_command("PT.ADDKEY", *keys)
    elif keys:
        ids = [pair[1] for pair in tracker.execute_command("PT.PARSE", *keys) if pair]
        added += tracker.execute_command("PT.ADD", sys.argv[3], *ids) if ids else 0
    if cursor == 0:
        break
print(added)
`

// TestScene7_WarmStart: a tracker learns what a store has, keys that are none counted as nothing; what is different
// later two masks say. (That the server asks the store by itself, and follows it, is not part of this.)
func TestScene7_WarmStart(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys / 5
	tell := func(to ...string) string {
		output, code := runCommand(t, exec.Command("/usr/bin/python3", append([]string{"-c", keysOfStore, strconv.Itoa(portOf(t, s.tracker.addr)), s.store.port}, to...)...))
		if code != 0 {
			t.Fatal(output)
		}
		return strings.TrimSpace(output)
	}
	for from := 1; from <= n; from += 1000 { // not ID 0, which a key that is none must not become
		set := []string{"MSET"}
		for id := from; id < min(from+1000, n+1); id++ {
			set = append(set, fmt.Sprintf("vec:%012d", id), "value")
		}
		s.redis.mustDoArgs(t, set, simple("OK"))
	}
	s.redis.mustDo(t, "MSET other:000000000001 x vec: x vec:12x x vec:12 x vec:0000000000012 x vec:-00000000001 x", simple("OK"))
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", 2*n), simple("OK"))
	if added := tell(); added != strconv.Itoa(n) {
		t.Errorf("%s keys were added, want %d", added, n)
	}
	s.admin.mustDo(t, "PT.COUNT vec:", integer(n))
	s.admin.mustDo(t, "PT.EXISTS vec: 0", integer(0))

	// Behind its back.
	stale, missing := n/400, n/600
	for i := range stale {
		s.redis.mustDo(t, fmt.Sprintf("DEL vec:%012d", 1+3*i), integer(1))
	}
	for i := range missing {
		s.redis.mustDo(t, fmt.Sprintf("SET vec:%012d x", n+1+i), simple("OK"))
	}
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE seen MAXID %d", 2*n), simple("OK"))
	tell("seen")
	drift := func(stale, missing int) {
		t.Helper()
		s.admin.mustDo(t, "PT.COUNT vec: EXCEPT seen", integer(stale))
		s.admin.mustDo(t, "PT.COUNT seen EXCEPT vec:", integer(missing))
	}
	drift(stale, missing)
	s.admin.mustDo(t, "PT.COUNT vec:", integer(n)) // to look has changed nothing

	old := s.admin.mustReply(t, "PT.SCAN", "vec:", "0", "COUNT", "10000", "EXCEPT", "seen").items[1].texts()
	s.admin.mustDoArgs(t, append([]string{"PT.REM", "vec:"}, old...), integer(stale))
	s.admin.mustReply(t, "SUNIONSTORE", "vec:", "vec:", "seen")
	drift(0, 0)
	s.mustAgree(t, "vec:", 2*n)
}

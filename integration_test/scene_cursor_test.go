package integration_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pass goes through a cursor alone, and returns the IDs in the order in which they came.
func (s *scene) pass(t *testing.T, open string, page int) (ids []uint64) {
	t.Helper()
	name := words(open)[2]
	s.admin.mustDo(t, open, simple("OK"))
	for {
		texts := s.admin.mustReply(t, "PT.CURSOR", "NEXT", name, "COUNT", strconv.Itoa(page)).texts()
		if len(texts) == 0 {
			s.admin.mustDo(t, "PT.CURSOR CLOSE "+name, integer(1))
			return ids
		}
		for _, text := range texts {
			ids = append(ids, uint64(atoi(t, text)))
		}
	}
}

// mustBeRandom fails the test unless these are the IDs from the first to the end, each once, in no order.
func mustBeRandom(t *testing.T, ids []uint64, from, end uint64) {
	t.Helper()
	longest, run := 0, 1
	for i := 1; i < len(ids); i++ {
		if run++; i > 1 && (ids[i] > ids[i-1]) != (ids[i-1] > ids[i-2]) {
			run = 2
		}
		longest = max(longest, run)
	}
	if longest > 20 {
		t.Errorf("%d of %d IDs in a row rise or fall", longest, len(ids))
	}
	sorted := slices.Sorted(slices.Values(ids))
	if uint64(len(sorted)) != end-from || len(sorted) > 0 && (sorted[0] != from || sorted[len(sorted)-1] != end-1) || len(slices.Compact(sorted)) != len(ids) {
		t.Errorf("%d IDs, want each of the %d from %d to %d once", len(ids), end-from, from, end)
	}
}

// TestScene3_Overwrite: workers who come and go overwrite the upper half in random order, each key once; the order
// is the one of a single worker.
func TestScene3_Overwrite(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
	s.prefill(t, "vec:", n)
	half := fmt.Sprintf("PT.CURSOR OPEN %%s vec: SET RANDOM %%d RANGE %d %d", n/2, n)
	alone := s.pass(t, fmt.Sprintf(half, "alone", 7), 512)
	mustBeRandom(t, alone, uint64(n/2), uint64(n))
	if again := s.pass(t, fmt.Sprintf(half, "again", 7), 100); !slices.Equal(again, alone) {
		t.Error("the same seed gives another order")
	}
	if other := s.pass(t, fmt.Sprintf(half, "other", 8), 512); slices.Equal(other, alone) {
		t.Error("another seed gives the same order")
	}

	s.admin.mustDo(t, fmt.Sprintf(half, "ow", 7), simple("OK"))
	s.admin.mustDo(t, fmt.Sprintf(half, "ow", 7), simple("OK")) // every worker may begin with it
	next := handOut("PT.CURSOR NEXT ow COUNT 64").lease(30_000)
	leaving := next
	leaving.Batches = 2
	s.start(t, leaving)
	s.startAll(t, 2, next)
	eventually(t, "a part is done", func() bool { return s.cursor(t, "ow", "issued") > n/16 })
	s.startAll(t, 2, next)
	s.waitAll(t)
	batches := s.batches(t)
	if o := checkHolds(t, batches); o.confirmed != n/2 || o.again > 0 {
		t.Errorf("%d IDs confirmed, %d handed out again, want %d and 0", o.confirmed, o.again, n/2)
	}
	mustTile(t, batches, alone)
	overwritten := 0
	for _, value := range s.values(t, "vec:", n) {
		if strings.HasPrefix(value, "worker-") {
			overwritten++
		}
	}
	if overwritten != n/2 {
		t.Errorf("%d keys overwritten, want %d", overwritten, n/2)
	}
}

// TestScene3_Sizes: the order is a permutation for ranges of all sizes.
func TestScene3_Sizes(t *testing.T) {
	s := newScene(t)
	s.admin.mustDo(t, "PT.ADDRANGE k: 0 200000", integer(200_000))
	for _, size := range []uint64{1, 100, 1000, 99_991, 65_536} {
		ids := s.pass(t, fmt.Sprintf("PT.CURSOR OPEN c k: SET RANDOM 7 RANGE 70 %d", 70+size), 1000)
		mustBeRandom(t, ids, 70, 70+size)
	}
}

func (s *scene) cursor(t *testing.T, name, field string) int {
	t.Helper()
	return atoi(t, s.admin.mustReply(t, "PT.CURSOR", "INFO", name).field(t, field).text)
}

// values are the store's values of the keys of all IDs below n.
func (s *scene) values(t *testing.T, prefix string, n int) (all []string) {
	t.Helper()
	const page = 10_000
	for from := 0; from < n; from += page {
		get := []string{"MGET"}
		for id := from; id < min(n, from+page); id++ {
			get = append(get, fmt.Sprintf("%s%012d", prefix, id))
		}
		all = append(all, s.redis.mustReply(t, get...).texts()...)
	}
	return all
}

// mustTile fails the test unless each page is a piece of the order in which a single worker gets the IDs, but for what
// came back from others, which comes in the same order, too.
func mustTile(t *testing.T, batches []*batch, order []uint64) {
	t.Helper()
	position := make(map[uint64]int, len(order))
	for at, id := range order {
		position[id] = at
	}
	first := make(map[uint64]*batch, len(order)) // who had it first
	for _, b := range batches {
		for _, id := range b.ids {
			if there := first[id]; there == nil || b.got < there.got {
				first[id] = b
			}
		}
	}
	pieces, whole := 0, 0
	for _, b := range batches {
		at, ok := 0, true
		for i, id := range b.ids {
			there, known := position[id]
			if !known || i > 0 && there <= at {
				ok = false
			}
			at = there
		}
		if !ok {
			t.Fatalf("worker %d was given a page in another order than the seed's: %.200v", b.worker, b.ids)
		}
		fresh := !slices.ContainsFunc(b.ids, func(id uint64) bool { return first[id] != b })
		if fresh {
			pieces++
			if position[b.ids[len(b.ids)-1]]-position[b.ids[0]] == len(b.ids)-1 {
				whole++
			}
		}
	}
	if whole != pieces {
		t.Errorf("%d of %d pages have gaps", pieces-whole, pieces)
	}
}

// TestScene_ElasticCursor: eight workers go through all IDs in random order; three are killed, two join, the tracker
// is killed twice. Each ID is confirmed once, in the order that a single worker would see.
func TestScene_ElasticCursor(t *testing.T) {
	s := newScene(t)
	n := *sceneKeys
	s.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
	s.admin.mustDo(t, fmt.Sprintf("PT.ADDRANGE vec: 0 %d", n), integer(n))
	order := s.pass(t, "PT.CURSOR OPEN alone vec: SET RANDOM 42", 1000)
	mustBeRandom(t, order, 0, uint64(n))

	s.admin.mustDo(t, "PT.CURSOR OPEN job vec: SET RANDOM 42", simple("OK"))
	next := handOut("PT.CURSOR NEXT job COUNT 100").lease(2500)
	alive := s.startAll(t, 8, next)
	random := rand.New(rand.NewPCG(*killSeed, 3))
	progress := func(sixths int) {
		eventually(t, "more has been handed out", func() bool { return s.cursor(t, "job", "issued") >= n*sixths/6 })
	}
	killOne := func() {
		at := random.IntN(len(alive))
		alive[at].kill()
		alive = slices.Delete(alive, at, at+1)
	}
	progress(1)
	killOne()
	progress(2)
	s.killBesideAPage(t)
	alive = append(alive, s.start(t, next))
	progress(3)
	killOne()
	alive = append(alive, s.start(t, next))
	progress(4)
	s.killBesideAPage(t)
	progress(5)
	killOne()
	s.waitAll(t)

	batches := s.batches(t)
	o := checkHolds(t, batches)
	mustTile(t, batches, order)
	t.Logf("%d IDs handed out, %d confirmed with a reply, %d handed out again, %d lost, %d without a reply", o.given, o.confirmed, o.again, o.lost, len(o.maybe))
	const ofAdmin = 20 // of two pages
	if got := o.confirmed + len(o.maybe) + ofAdmin; got != n {
		t.Errorf("%d IDs were confirmed, %d of them perhaps, want %d", got, len(o.maybe), n)
	}
	for at, value := range s.values(t, "vec:", n) {
		if value == "" {
			t.Fatalf("ID %d was written by nobody", at)
		}
	}
	if outstanding := s.cursor(t, "job", "outstanding"); outstanding != 0 {
		t.Errorf("%d IDs are outstanding at the end", outstanding)
	}
}

// killBesideAPage kills the tracker when a half of a page is confirmed. The other half is still with whoever has it.
func (s *scene) killBesideAPage(t *testing.T) {
	t.Helper()
	page := s.admin.mustReply(t, words("PT.CURSOR NEXT job COUNT 10 LEASE 600000")...)
	token, ids := page.items[0].text, page.items[1].texts()
	for _, id := range ids {
		s.redis.mustDo(t, fmt.Sprintf("SET vec:%012d admin", atoi(t, id)), simple("OK"))
	}
	s.admin.mustDoArgs(t, append([]string{"PT.CONFIRM", token}, ids[:5]...), integer(5))
	s.killTracker(t)
	s.admin.mustDoArgs(t, append([]string{"PT.CONFIRM", token}, ids[:6]...), integer(1))
	s.admin.mustDoArgs(t, []string{"PT.CONFIRM", token}, integer(4))
	s.admin.mustDoArgs(t, []string{"PT.CONFIRM", token}, failure("NOLEASE no such lease"))
}

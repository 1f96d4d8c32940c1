package integration_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// churn is workers who fill and empty a prefix, and what they know: the witness against the server. With leases they claim and take in
// [0, leased), where the same IDs come and go all the time; without, each has a part of its own of what follows, which it fills and empties in turn.
// Behind that is a part that nobody uses.
type churn struct {
	*drift
	leased, parts, part int
	state               []atomic.Uint32 // free, held, there
	slowest             atomic.Int64    // of a worker without a lease, from before its hand-out to after its write
	done                atomic.Uint64   // hand-outs that were written
	stop                atomic.Bool
	ended               chan error
}

const (
	idFree = iota
	idHeld
	idThere
)

const churnBatch = 32

func (c *churn) size() int { return c.leased + c.parts*c.part }

// startChurn has half of the leased part, and all of every other part of the others, there at first.
func startChurn(t *testing.T, settle time.Duration, keys, leasers, others int) *churn {
	t.Helper()
	c := &churn{drift: newDrift(t, settle, redistest.Start(t)), leased: keys / 2, parts: others, part: keys / 2 / max(others, 1)}
	c.state = make([]atomic.Uint32, c.size())
	c.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", c.size()+spared), simple("OK"))
	var there []string
	for id := range c.size() {
		if id < c.leased && id%2 == 0 || id >= c.leased && (id-c.leased)/c.part%2 == 0 {
			there = append(there, keyOf("vec:", uint64(id)))
			c.state[id].Store(idThere)
		}
	}
	there = append(there, keysOf("vec:", c.size(), c.size()+spared, 2)...)
	set(t, c.redis, there...)
	if s := c.sync(t, "vec: MODE LOAD"); s.number("added") != len(there) {
		t.Fatalf("it says %v", s)
	}
	c.ended = make(chan error, leasers+others)
	for w := range leasers + others {
		ids, err := dial(c.tracker.addr)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := dial(c.store.Addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ids.close(); keys.close() })
		work := func() error { return c.lease(ids, keys, w) }
		if w >= leasers {
			work = func() error { return c.fillAndEmpty(ids, keys, w-leasers) }
		}
		go func() { c.ended <- work() }()
	}
	return c
}

// spared is how many IDs nobody claims or takes: every other one is there.
const spared = 1000

// end waits for the workers, who finish what they have begun.
func (c *churn) end(t *testing.T) {
	t.Helper()
	c.stop.Store(true)
	for range cap(c.ended) {
		if err := <-c.ended; err != nil {
			t.Fatal(err)
		}
	}
}

// move notes that an ID that somebody was handed out was in the state from.
func (c *churn) move(text string, from, to uint32) error {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil || id >= uint64(len(c.state)) {
		return fmt.Errorf("%q was handed out", text)
	}
	if !c.state[id].CompareAndSwap(from, to) {
		return fmt.Errorf("ID %d was handed out while it was in state %d, and should have been in %d", id, c.state[id].Load(), from)
	}
	return nil
}

// write sets or deletes the keys of ids.
func write(keys *client, command string, ids []string) error {
	for _, id := range ids {
		n, _ := strconv.ParseUint(id, 10, 64)
		if command == "SET" {
			keys.send("SET", keyOf("vec:", n), "value")
		} else {
			keys.send("DEL", keyOf("vec:", n))
		}
	}
	for range ids {
		if r, err := keys.receive(); err != nil || r.kind == '-' || command == "DEL" && r.text != "1" {
			return fmt.Errorf("the store replied %q to a %s: %v", r.raw, command, err)
		}
	}
	return nil
}

// lease claims and takes with leases, gives some back, and takes its time with others.
func (c *churn) lease(ids, keys *client, worker int) error {
	random := rand.New(rand.NewPCG(uint64(worker), 16))
	for !c.stop.Load() {
		line, command, from, to := "PT.CLAIMNEXT", "SET", uint32(idFree), uint32(idThere)
		if random.IntN(2) == 0 {
			line, command, from, to = "PT.TAKENEXT", "DEL", idThere, idFree
		}
		r, err := ids.do(line, "vec:", "COUNT", strconv.Itoa(1+random.IntN(churnBatch)), "RANGE", strconv.Itoa(c.offset(random)), strconv.Itoa(c.leased), "LEASE", "600000")
		if err != nil || len(r.items) != 2 {
			return fmt.Errorf("%s replied %q: %v", line, r.raw, err)
		}
		token, got := r.items[0].text, r.items[1].texts()
		for _, id := range got {
			if err := c.move(id, from, idHeld); err != nil {
				return err
			}
		}
		if len(got) == 0 {
			continue
		}
		settle := "PT.CONFIRM"
		if random.IntN(8) == 0 {
			settle, to = "PT.RELEASE", from
		} else if err := write(keys, command, got); err != nil {
			return err
		}
		if random.IntN(64) == 0 {
			time.Sleep(time.Duration(random.IntN(700)) * time.Millisecond)
		}
		for _, id := range got { // before the command: somebody else may have them before its reply is here
			if err := c.move(id, idHeld, to); err != nil {
				return err
			}
		}
		if r, err := ids.do(settle, token); err != nil || r.text != strconv.Itoa(len(got)) {
			return fmt.Errorf("%s of %d IDs replied %q: %v", settle, len(got), r.raw, err)
		}
		c.done.Add(uint64(len(got)))
	}
	return nil
}

// offset is where a hand-out begins: at the same IDs as all others, or anywhere.
func (c *churn) offset(random *rand.Rand) int {
	if random.IntN(2) == 0 {
		return 0
	}
	return random.IntN(c.leased)
}

// fillAndEmpty claims all of a part without a lease and sets their keys, then takes them and deletes, and so on.
func (c *churn) fillAndEmpty(ids, keys *client, part int) error {
	first := c.leased + part*c.part
	rng := []string{"RANGE", strconv.Itoa(first), strconv.Itoa(first + c.part), "COUNT", strconv.Itoa(churnBatch)}
	for fill := part%2 == 1; !c.stop.Load(); {
		line, command, from, to := "PT.CLAIMNEXT", "SET", uint32(idFree), uint32(idThere)
		if !fill {
			line, command, from, to = "PT.TAKENEXT", "DEL", idThere, idFree
		}
		began := time.Now()
		got, err := ids.list(append([]string{line, "vec:"}, rng...)...)
		if err != nil {
			return err
		}
		if len(got) == 0 {
			// All of a part is in one state before the other begins, so a repair that has just a few of them in flight shows.
			fill = !fill
			continue
		}
		for _, id := range got {
			if err := c.move(id, from, idHeld); err != nil {
				return err
			}
		}
		if err := write(keys, command, got); err != nil {
			return err
		}
		for _, id := range got {
			if err := c.move(id, idHeld, to); err != nil {
				return err
			}
		}
		if took := int64(time.Since(began)); took > c.slowest.Load() {
			c.slowest.Store(took) // of two at once the larger may be lost: the next slow one is not
		}
		c.done.Add(uint64(len(got)))
		// An ID comes again when all of the part have been passed, which takes longer than from one look to the
		// next: one that is in somebody's hands at both is told to be wrong.
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

// beside runs a job while the workers work, and tells whether what it says counts: a worker without a lease that took as long
// as a pause is outside of what is promised, and a job beside which nobody did anything shows nothing.
func (c *churn) beside(t *testing.T, settle time.Duration, line string) (s said, counts bool) {
	t.Helper()
	c.slowest.Store(0)
	before := c.done.Load()
	s = c.sync(t, line)
	for len(c.ended) > 0 {
		if err := <-c.ended; err != nil {
			t.Fatal(err)
		}
	}
	return s, c.done.Load() > before && time.Duration(c.slowest.Load()) < settle
}

// drifted has the store differ from the tracker in the part that nobody uses.
func (c *churn) drifted(t *testing.T, stale, missing int) {
	t.Helper()
	del(t, c.redis, keysOf("vec:", c.size(), c.size()+2*stale, 2)...)
	set(t, c.redis, keysOf("vec:", c.size()+1, c.size()+1+2*missing, 2)...)
}

// TestDrift_VerifyBesideWriters: verifies while others claim, set, take and delete, with and without leases, find nothing; then
// they find what was changed behind the tracker's back, and nothing else.
func TestDrift_VerifyBesideWriters(t *testing.T) {
	t.Parallel()
	settle := max(*driftTime/10, 200*time.Millisecond)
	c := startChurn(t, settle, *driftKeys, 3, 2)
	verifies, changing := 0, 0
	for end := time.Now().Add(*driftTime); time.Now().Before(end) || verifies == 0; {
		s, counts := c.beside(t, settle, "vec: MODE VERIFY")
		if !counts {
			t.Logf("a worker without a lease took longer than %v, or nobody did anything: %v", settle, s)
			continue
		}
		s.mustDiffer(0, 0)
		verifies++
		changing += s.number("changing")
	}
	c.drifted(t, 50, 30)
	for {
		s, counts := c.beside(t, settle, "vec: MODE VERIFY")
		if counts {
			s.mustDiffer(50, 30)
			for name, from := range map[string]int{"stale_keys": 0, "missing_keys": 1} {
				for _, key := range s.keys(name) {
					if id := atoi(t, key[len("vec:"):]); id < c.size() || id%2 != (c.size()+from)%2 {
						t.Errorf("%s has %q", name, key)
					}
				}
			}
			break
		}
	}
	c.end(t)
	c.sync(t, "vec: MODE VERIFY").mustDiffer(50, 30)
	t.Logf("%d verifies beside %d writes; %d IDs looked wrong once", verifies, c.done.Load(), changing)
}

// TestDrift_RepairBesideWriters: repairs beside the same work make right what was changed behind the tracker's back. Nobody is handed out what
// somebody has, nothing is lost, and in the end both agree.
func TestDrift_RepairBesideWriters(t *testing.T) {
	t.Parallel()
	// A worker without a lease that is held up for three of it is taken for dead.
	const settle = 700 * time.Millisecond
	c := startChurn(t, settle, *driftKeys, 3, 2)
	repairs := 0
	for end := time.Now().Add(*driftTime); time.Now().Before(end) || repairs == 0; repairs++ {
		stale, missing := 50, 30
		if repairs%2 == 0 {
			c.drifted(t, stale, missing)
		} else { // as they were
			stale, missing = missing, stale
			set(t, c.redis, keysOf("vec:", c.size(), c.size()+2*missing, 2)...)
			del(t, c.redis, keysOf("vec:", c.size()+1, c.size()+1+2*stale, 2)...)
		}
		s, counts := c.beside(t, settle, "vec: MODE REPAIR")
		if counts && (s.number("stale") != stale || s.number("missing") != missing) || s.number("repaired") < 80 || s.number("left") != 0 {
			t.Fatalf("a repair of %d stale and %d missing says %v", stale, missing, s)
		}
	}
	c.end(t)
	c.sync(t, "vec: MODE VERIFY").mustDiffer(0, 0)
	exist := mustBeEqual(t, c.admin, "vec:", "vec:", c.redis)
	want := spared / 2
	if repairs%2 == 1 {
		want += 30 - 50
	}
	for id := range c.state {
		if c.state[id].Load() == idThere {
			want++
		}
	}
	if exist != want {
		t.Errorf("%d IDs exist in the end, and the workers know of %d", exist, want)
	}
	t.Logf("%d repairs beside %d writes", repairs, c.done.Load())
}

package integration_test

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// prefill is workers who claim with leases, write, and confirm what they know to be written. What they could not write, they give
// back, or leave until its time is over, by turns.
type prefill struct {
	tracker, store string
	n              int
	failed         atomic.Int64 // batches that could not be written
}

func (p *prefill) work(worker int) error {
	ids, err := dial(p.tracker)
	if err != nil {
		return err
	}
	defer ids.close()
	var keys *client
	defer func() {
		if keys != nil {
			keys.close()
		}
	}()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		r, err := ids.do("PT.CLAIMNEXT", "vec:", "COUNT", "64", "LEASE", "500")
		if err != nil || len(r.items) != 2 {
			return fmt.Errorf("a claim replied %q: %v", r.raw, err)
		}
		got := r.items[1].texts()
		if len(got) == 0 { // others have the rest, or all is done
			if count, err := ids.do("PT.COUNT", "vec:"); err != nil || count.text == strconv.Itoa(p.n) {
				return err
			}
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if keys == nil {
			keys, err = dial(p.store)
		}
		if err == nil {
			err = write(keys, "SET", got)
		}
		settle := "PT.CONFIRM"
		if err != nil {
			if keys != nil {
				keys.close()
				keys = nil
			}
			if failed := p.failed.Add(1); failed%2 == 0 {
				time.Sleep(20 * time.Millisecond)
				continue
			}
			settle = "PT.RELEASE"
		}
		// A lease whose time is over has been given back, and somebody else writes.
		if r, err := ids.do(settle, r.items[0].text); err != nil || r.kind == '-' && r.raw != "-NOLEASE no such lease\r\n" {
			return fmt.Errorf("%s replied %q: %v", settle, r.raw, err)
		}
	}
	return fmt.Errorf("worker %d never ends", worker)
}

// TestDrift_TheStoreDies kills the store, which keeps what it has acknowledged, in the middle of a prefill with leases, and starts it again. When
// all is written, tracker and store agree. While it is away, a verify says that nothing is known, and changes nothing.
func TestDrift_TheStoreDies(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	d := newDrift(t, 100*time.Millisecond, redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always"))
	n := min(*driftKeys, 200_000) // each write is on the disk before it is answered
	d.admin.mustDo(t, fmt.Sprintf("PT.CREATE vec: MAXID %d", n), simple("OK"))
	p := &prefill{tracker: d.tracker.addr, store: d.store.Addr, n: n}
	ended := make(chan error, 6)
	for w := range cap(ended) {
		go func() { ended <- p.work(w) }()
	}
	deaths := 2
	if n > 20_000 {
		deaths = 8
	}
	for death := range deaths {
		least := n * (death + 1) / (deaths + 2)
		eventually(t, "more is confirmed", func() bool { return atoi(t, d.admin.mustReply(t, "PT.COUNT", "vec:").text) >= least })
		d.store.Kill()
		before := p.failed.Load()
		eventually(t, "workers notice", func() bool { return p.failed.Load() >= before+4 })
		if death == 0 {
			id := d.begin(t, "vec: MODE REPAIR FROM redis://"+d.store.Addr+"?wait=300ms")
			if s := d.end(t, id); s.text("state") != "failed" || s.text("error") == "" || s.number("repaired") != 0 {
				t.Errorf("a repair without a store says %v", s)
			}
		}
		d.store.Restart(t)
	}
	for range cap(ended) {
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
	d.sync(t, "vec: MODE VERIFY").mustDiffer(0, 0)
	if got := mustBeEqual(t, d.admin, "vec:", "vec:", connect(t, d.store.Addr)); got != n {
		t.Errorf("%d IDs exist, want %d", got, n)
	}
	t.Logf("the store died %d times; %d batches could not be written", deaths, p.failed.Load())
}

// TestDrift_TheStoreDiesAndNobodyGoesOn: as above, but the workers die with it. What was written and not confirmed is missing, and all that a repair
// finds.
func TestDrift_TheStoreDiesAndNobodyGoesOn(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	d := newDrift(t, 100*time.Millisecond, redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always"))
	d.admin.mustDo(t, "PT.CREATE vec: MAXID 100000", simple("OK"))
	ids := connect(t, d.tracker.addr)
	confirmed, written := 0, 0
	for batch := range 40 {
		r := ids.mustReply(t, words("PT.CLAIMNEXT vec: COUNT 50 LEASE 600000 ONCLOSE")...)
		got := r.items[1].texts()
		if batch%4 == 3 {
			got = got[:20] // it died amid its writes
		}
		if err := write(d.redis, "SET", got); err != nil {
			t.Fatal(err)
		}
		written += len(got)
		if batch%4 < 2 {
			ids.mustDo(t, "PT.CONFIRM "+r.items[0].text, integer(50))
			confirmed += 50
		}
	}
	d.store.Kill()
	ids.close()
	d.store.Restart(t)
	eventually(t, "all leases have ended", func() bool { return d.admin.mustReply(t, "PT.INFO", "vec:").field(t, "leased").text == "0" })
	d.sync(t, "vec: MODE VERIFY").mustDiffer(0, written-confirmed)
	if s := d.sync(t, "vec: MODE REPAIR"); s.number("repaired") != written-confirmed {
		t.Errorf("want %d repaired: %v", written-confirmed, s)
	}
	d.sync(t, "vec: MODE VERIFY").mustDiffer(0, 0)
	if got := mustBeEqual(t, d.admin, "vec:", "vec:", connect(t, d.store.Addr)); got != written {
		t.Errorf("%d IDs exist, want %d", got, written)
	}
}

// TestDrift_TheTrackerDiesAmidARepair: what a repair has in flight is in flight when the tracker comes back, so nobody is handed it, and
// what is confirmed is done; nothing else has changed.
func TestDrift_TheTrackerDiesAmidARepair(t *testing.T) {
	t.Parallel()
	store := redistest.Start(t)
	redis := connect(t, store.Addr)
	set(t, redis, keysOf("vec:", 0, 100, 1)...)
	flags := []string{"--addr", "127.0.0.1:0", "--dir", t.TempDir(), "--appendfsync", "always", "--store", "redis://" + store.Addr, "--sync-settle", "1s"}
	tracker := startMortal(t, flags...)
	admin := connect(t, tracker.addr)
	admin.mustDo(t, "PT.CREATE vec: MAXID 120", simple("OK"))
	admin.mustDo(t, "PT.ADDRANGE vec: 5 110", integer(105)) // 10 are stale, 5 missing
	admin.mustReply(t, words("PT.SYNC START vec: MODE REPAIR")...)
	leased := func() int { return atoi(t, admin.mustReply(t, "PT.INFO", "vec:").field(t, "leased").text) }
	eventually(t, "it has what is stale in flight", func() bool { return leased() == 10 })
	admin.mustDo(t, "PT.ADD mark: 1", integer(1)) // on the disk, with all before it
	tracker.kill(t)

	tracker = startMortal(t, flags...)
	admin = connect(t, tracker.addr)
	eventually(t, "it has read its log", func() bool { return admin.mustReply(t, "PT.TOTAL").kind == ':' })
	if n := leased(); n != 10 {
		t.Errorf("%d IDs are in flight, want 10", n)
	}
	admin.mustDo(t, "PT.COUNT vec:", integer(95))
	admin.mustDo(t, "PT.CLAIMNEXT vec: RANGE 100 110", null2)
	admin.mustDo(t, "PT.TAKENEXT vec: RANGE 100 110", null2)
	d := &drift{admin: admin}
	d.sync(t, "vec: MODE VERIFY SETTLE 1").mustDiffer(0, 5)
	if s := d.sync(t, "vec: MODE REPAIR SETTLE 1"); s.number("repaired") != 5 {
		t.Errorf("it says %v", s)
	}
	if n := leased(); n != 10 {
		t.Errorf("another repair has touched what is in flight: %d", n)
	}
}

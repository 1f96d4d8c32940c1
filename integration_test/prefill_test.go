package integration_test

import (
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
)

const (
	totalIDs   = 1_000_000
	deletedIDs = 500_000
	fleetSize  = 8
)

// fleet is eight workers, each with a connection to the tracker and one to the real store.
type fleet struct {
	tracker *server
	store   *store
}

func (f fleet) run(t *testing.T, work func(worker int, tracker, store *client) error) {
	t.Helper()
	withConnections(t, fleetSize, f.tracker.addr, func(worker int, tracker *client) error {
		store, err := dial(f.store.addr)
		if err != nil {
			return err
		}
		defer store.close()
		return work(worker, tracker, store)
	})
}

// TestPrefillReadDeleteRefill is what the product is for, end to end: one million keys in a
// real redis-server, written once each, read with no miss, deleted with no miss, written again.
func TestPrefillReadDeleteRefill(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	f := fleet{tracker: startServer(t), store: startRedis(t)}
	admin := connect(t, f.tracker.addr)
	redis := connect(t, f.store.addr)
	admin.mustDo(t, "PT.CREATE vec: MAXID 1000000", simple("OK"))

	mustHold := func(n int) {
		t.Helper()
		admin.mustDo(t, "PT.COUNT vec:", integer(n))
		redis.mustDo(t, "DBSIZE", integer(n))
	}
	step := func(name string, body func(t *testing.T)) {
		t.Helper()
		if !t.Run(name, body) {
			t.FailNow() // the next step builds on this one
		}
	}

	step("prefill", func(t *testing.T) {
		if n := f.fill(t).count(); n != totalIDs {
			t.Fatalf("handed out %d IDs, want %d", n, totalIDs)
		}
		admin.mustDo(t, "PT.CLAIMNEXT vec: COUNT 256 KEYS", array())
		admin.mustDo(t, "PT.CLAIMNEXT vec:", null2)
		mustHold(totalIDs)
	})
	step("read by PT.PARTITION", func(t *testing.T) {
		parts := admin.mustReply(t, words("PT.PARTITION vec: 8")...)
		if len(parts.items) != fleetSize {
			t.Fatalf("PT.PARTITION vec: 8 replied %q", parts.raw)
		}
		seen := f.readAll(t, func(worker int) []string {
			return append([]string{"RANGE"}, parts.items[worker].texts()...)
		})
		if n := seen.count(); n != totalIDs {
			t.Fatalf("read %d IDs, want %d", n, totalIDs)
		}
	})
	step("read by SCAN PARTITION", func(t *testing.T) {
		if n := f.readAll(t, ownPartition).count(); n != totalIDs {
			t.Fatalf("read %d IDs, want %d", n, totalIDs)
		}
	})
	var deleted *idSet
	step("delete half", func(t *testing.T) {
		deleted = f.deleteHalf(t)
		if n := deleted.count(); n != deletedIDs {
			t.Fatalf("took %d IDs, want %d", n, deletedIDs)
		}
		mustHold(totalIDs - deletedIDs)
	})
	step("read what is left", func(t *testing.T) {
		seen := f.readAll(t, ownPartition)
		if n := seen.count(); n != totalIDs-deletedIDs {
			t.Fatalf("read %d IDs, want %d", n, totalIDs-deletedIDs)
		}
		for id := range uint64(totalIDs) {
			if seen.has(id) == deleted.has(id) {
				t.Fatalf("id %d: read %t, deleted %t", id, seen.has(id), deleted.has(id))
			}
		}
	})
	step("refill", func(t *testing.T) {
		f.fill(t).mustEqual(t, deleted)
		mustHold(totalIDs)
	})
}

func ownPartition(worker int) []string {
	return []string{"PARTITION", strconv.Itoa(worker), strconv.Itoa(fleetSize)}
}

// fill claims until nothing is left and writes each key with NX, so that the store too bears
// witness that no key is written twice.
func (f fleet) fill(t *testing.T) *idSet {
	t.Helper()
	claimed := newIDSet(totalIDs)
	f.run(t, func(_ int, tracker, store *client) error {
		for {
			keys, err := tracker.list("PT.CLAIMNEXT", "vec:", "COUNT", "256", "KEYS")
			if err != nil || len(keys) == 0 {
				return err
			}
			if err := claimed.addKeys("vec:", keys); err != nil {
				return err
			}
			if err := forEachKey(store, keys, simple("OK"), "SET", "", "value", "NX"); err != nil {
				return err
			}
		}
	})
	return claimed
}

// readAll scans what each worker's share holds and reads every key of it from the store.
func (f fleet) readAll(t *testing.T, share func(worker int) []string) *idSet {
	t.Helper()
	seen := newIDSet(totalIDs)
	f.run(t, func(worker int, tracker, store *client) error {
		for cursor := "0"; ; {
			args := slices.Concat([]string{"PT.SCAN", "vec:", cursor, "SET"}, share(worker), []string{"COUNT", "1000", "KEYS"})
			page, err := tracker.do(args...)
			if err != nil {
				return err
			}
			if len(page.items) != 2 {
				return fmt.Errorf("%v replied %.200q", args, page.raw)
			}
			keys := page.items[1].texts()
			if err := seen.addKeys("vec:", keys); err != nil {
				return err
			}
			if err := forEachKey(store, keys, bulk("value"), "GET", ""); err != nil {
				return err
			}
			if cursor = page.items[0].text; cursor == "0" {
				return nil
			}
		}
	})
	return seen
}

// deleteHalf takes exactly half of the IDs, 100 at a time: there are always enough, so a
// short reply is a fault.
func (f fleet) deleteHalf(t *testing.T) *idSet {
	t.Helper()
	taken := newIDSet(totalIDs)
	var batches atomic.Int64
	f.run(t, func(_ int, tracker, store *client) error {
		for batches.Add(1) <= deletedIDs/100 {
			keys, err := tracker.list("PT.TAKENEXT", "vec:", "COUNT", "100", "KEYS")
			if err != nil {
				return err
			}
			if len(keys) != 100 {
				return fmt.Errorf("PT.TAKENEXT replied %d keys, want 100", len(keys))
			}
			if err := taken.addKeys("vec:", keys); err != nil {
				return err
			}
			if err := forEachKey(store, keys, integer(1), "DEL", ""); err != nil {
				return err
			}
		}
		return nil
	})
	return taken
}

// forEachKey pipelines one command per key, the key put in place of the empty argument, and
// wants the same reply to each.
func forEachKey(store *client, keys []string, want string, command ...string) error {
	place := slices.Index(command, "")
	for _, key := range keys {
		command[place] = key
		store.send(command...)
	}
	for _, key := range keys {
		r, err := store.receive()
		if err != nil {
			return err
		}
		if r.raw != want {
			return fmt.Errorf("%s %s replied %q, want %q", command[0], key, r.raw, want)
		}
	}
	return nil
}

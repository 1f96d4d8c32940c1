package journal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"syscall"
	"testing"
)

var seeds = flag.Int("seeds", 300, "runs on a disk that fails at random")

// Writes, syncs, syncs of the directory, allocations, new files and names that
// fail at random, with cuts of the power between: what was acknowledged is
// there, in Always all of it.
func TestFailing_NothingAcknowledgedIsLost(t *testing.T) {
	refusals, mended, broken, images := 0, 0, 0, 0
	for seed := int64(1); seed <= int64(*seeds); seed++ {
		rng := rand.New(rand.NewSource(seed))
		d := newRecorder()
		l, r, _, err := start(d, Always, 0)
		if err != nil {
			t.Fatal(err)
		}
		x, b := r.get(l, "x"), l.NewBatch()
		failing := ""
		fail := func(op, name string) error {
			switch {
			case strings.HasSuffix(name, distrusted): // nothing else can tell the next process
			case failing == "" || op == "open" || op == "read" || failing != "all" && failing != op:
			case rng.Intn(2) == 0:
				return fmt.Errorf("%s: %w", op, syscall.EIO)
			}
			return nil
		}
		d.fail = fail
		life := 0
		acked := make(map[uint64]bool)
		type reply struct {
			id   uint64
			gate Gate
		}
		var waiting []reply
		for step := range 400 {
			switch n := rng.Intn(20); {
			case n < 11:
				if l.Refusing() != nil && rng.Intn(3) > 0 { // else it was under way
					refusals++
					break
				}
				id := uint64(rng.Intn(1 << 16))
				b.Open()
				x.b.set(id)
				b.Changed(x, id)
				waiting = append(waiting, reply{id, l.Commit(b)})
			case n < 15:
				_ = l.sync()
			case n < 16:
				failing = []string{"", "", "all", "sync", "write", "directory", "allocate", "create", "rename"}[rng.Intn(9)]
			case n < 17:
				_ = l.Rewrite(context.Background())
			case n < 18:
				_ = l.Backup(context.Background(), "dump.pt")
			default:
				was := l.Refusing() != nil
				l.keep(was)
				if l.wantsBase() {
					broken++
					_ = l.writeWanted()
				}
				if was && l.Refusing() == nil {
					mended++
				}
			}
			waiting = slices.DeleteFunc(waiting, func(w reply) bool {
				if l.Reached(w.gate) {
					acked[w.id] = true
				}
				return l.Reached(w.gate)
			})
			if rng.Intn(10) == 0 {
				images++
				after := d.kill()
				bootID := life
				if rng.Intn(4) > 0 {
					after, bootID = d.cut(rng), life+1
				}
				k, s, _, err := start(after, Always, bootID)
				if err != nil {
					t.Fatalf("seed %d step %d: %v", seed, step, err)
				}
				y := s.find("x")
				for id := range acked {
					if y == nil || !y.b.test(id) {
						t.Fatalf("seed %d step %d, %s fails, boot %d: %d lost, of %d", seed, step, failing, bootID, id, len(acked))
					}
				}
				if y != nil && rng.Intn(8) == 0 { // it goes on from there
					l, d, x, b, life, waiting = k, after, y, k.NewBatch(), bootID, nil
					d.fail = fail
				}
			}
		}
		// When all works again, so does the log.
		failing = ""
		for range 3 {
			l.keep(true)
			if l.wantsBase() {
				_ = l.writeWanted()
			}
			_ = l.sync()
		}
		if err := l.Refusing(); err != nil {
			t.Fatalf("seed %d: still %v", seed, err)
		}
		for _, w := range waiting {
			if !l.Reached(w.gate) {
				t.Fatalf("seed %d: a gate is still shut: %+v %+v", seed, w.gate, l.Status())
			}
		}
	}
	t.Logf("%d images; refused %d times, mended %d times, %d bases for files that are not trusted", images, refusals, mended, broken)
	if refusals == 0 || mended == 0 || broken == 0 {
		t.Error("nothing has failed")
	}
}

// A start without a file to go on in reads all, refuses changes, and mends.
func TestFailing_StartWithoutAFile(t *testing.T) {
	d := newRecorder()
	l, r, _, err := start(d, EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, b := r.get(l, "x"), l.NewBatch()
	b.Open()
	x.b.claim(0, bitsLimit, 100, func(id uint64) { b.Claimed(x, id, 1) })
	commit(t, l, b)
	d = d.cut(rand.New(rand.NewSource(1)))
	full := fmt.Errorf("create: %w", syscall.ENOSPC)
	d.fail = func(op, _ string) error {
		if op == "create" {
			return full
		}
		return nil
	}
	l, r, report, err := start(d, EverySec, 1)
	if err != nil || !report.PowerLoss {
		t.Fatal(report, err)
	}
	if err := l.Refusing(); !errors.Is(err, ErrNoFile) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if x := r.find("x"); x == nil || x.b.count() < 100 {
		t.Fatal("it cannot be read")
	}
	b = l.NewBatch()
	if g := l.Commit(b); !l.Reached(g) {
		t.Error("a read waits")
	}
	d.fail = nil
	l.keep(true)
	if err := l.Refusing(); err != nil {
		t.Fatal(err)
	}
	_, s, _, err := start(d.cut(rand.New(rand.NewSource(2))), EverySec, 2)
	if err != nil {
		t.Fatal(err)
	}
	if wi, ok := s.find("x").b.equal(r.find("x").b); !ok {
		t.Errorf("word %d differs", wi)
	}
}

// Reads go on while the disk refuses, those that have waited included; commits
// that were under way are acknowledged once it works again.
func TestFailing_ReadsGoOn(t *testing.T) {
	d := newRecorder()
	l, r, _, err := start(d, Always, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, b, reader := r.get(l, "x"), l.NewBatch(), l.NewBatch()
	b.Open()
	x.b.set(1)
	b.Changed(x, 1)
	write := l.Commit(b)
	read := l.Commit(reader)
	if l.Reached(read) || l.Reached(write) {
		t.Fatal("reads do not wait for what they may have seen")
	}
	d.fail = func(op, _ string) error {
		if op == "sync" {
			return syscall.EIO
		}
		return nil
	}
	if err := l.sync(); !errors.Is(err, ErrNotSynced) {
		t.Fatal(err)
	}
	if err := l.Refusing(); !errors.Is(err, ErrNotSynced) || !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	if !l.Reached(read) || l.Reached(write) {
		t.Error("a read is held up, or a change is acknowledged")
	}
	d.fail = nil
	if l.sync() == nil || l.Reached(write) {
		t.Error("a second sync is believed")
	}
	if err := l.writeWanted(); err != nil || !l.Reached(write) || l.Refusing() != nil {
		t.Errorf("a base does not mend it: %v, %v", err, l.Refusing())
	}
}

// A sync that fails when a base has all it needs, and before it is in place, is
// not mended by that base: what came since is on no disk.
func TestFailing_SyncAsABaseGetsItsName(t *testing.T) {
	d := newRecorder()
	l, r, _, err := start(d, Always, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, b := r.get(l, "x"), l.NewBatch()
	var late Gate
	d.before = func(op, name string) {
		if op != "rename" || name != baseName(2) {
			return
		}
		d.before = nil
		b.Open()
		x.b.set(1)
		b.Changed(x, 1)
		late = l.Commit(b)
		d.fail = func(op, _ string) error {
			if op == "sync" {
				return syscall.EIO
			}
			return nil
		}
		_ = l.sync()
		d.fail = nil
	}
	if err := l.Rewrite(context.Background()); err != nil {
		t.Fatal(err)
	}
	if late.pos == 0 || l.Reached(late) || !errors.Is(l.Refusing(), ErrNotSynced) {
		t.Errorf("%+v is open: %v", late, l.Refusing())
	}
	if err := l.writeWanted(); err != nil || !l.Reached(late) || l.Refusing() != nil {
		t.Error(err, l.Refusing())
	}
}

// A disk without room refuses before anything is lost, and goes on by itself.
func TestFailing_FullDisk(t *testing.T) {
	d := newRecorder()
	d.room = 40000
	l, r, _, err := start(d, EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, b := r.get(l, "x"), l.NewBatch()
	id := uint64(0)
	fill := func() {
		for ; l.Refusing() == nil; id += 64 {
			if id >= bitsLimit {
				t.Fatal("it is never full")
			}
			b.Open()
			x.b.set(id)
			b.Changed(x, id)
			if g := l.Commit(b); !l.Reached(g) {
				t.Fatalf("%d was taken and has no room", id)
			}
			l.keep(true)
		}
	}
	fill()
	if err := l.Refusing(); !errors.Is(err, ErrNoRoom) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	first := id
	// What is under way finds room.
	b.Open()
	x.b.set(id)
	b.Changed(x, id)
	if g := l.Commit(b); !l.Reached(g) {
		t.Error("what was under way is not taken")
	}
	d.room += 20000
	l.keep(true)
	if err := l.Refusing(); err != nil {
		t.Fatal(err)
	}
	fill()
	if id == first {
		t.Error("it has taken nothing more")
	}
	_, s, report, err := start(d.kill(), EverySec, 0)
	if err != nil {
		t.Fatal(err, report)
	}
	if wi, ok := s.find("x").b.equal(x.b); !ok {
		t.Errorf("word %d differs", wi)
	}
}

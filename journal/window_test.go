package journal

import (
	"math/rand"
	"testing"
)

// claimSome claims n IDs in one commit, and tells whether it had to wait.
func claimSome(l *Log, x *tracked, b *Batch, n int) (waits bool) {
	b.Open()
	x.b.claim(0, bitsLimit, n, func(id uint64) { b.Claimed(x, id, 1) })
	return !l.Reached(l.Commit(b))
}

// The first claim waits for the disk; those behind it do not, as long as syncs
// come in time: windows grow with their use, and move before they are used up.
func TestWindow_ClaimsHardlyWait(t *testing.T) {
	l, r, _, err := start(newRecorder(), EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, b := r.get(l, "x"), l.NewBatch()
	waits := 0
	for i := range 1000 {
		if claimSome(l, x, b, 500) {
			waits++
		}
		if l.toSyncAsked() || i%100 == 0 {
			if err := l.sync(); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := l.Status()
	if waits > 10 || s.Syncs > 40 || waits == 0 {
		t.Errorf("%d of 1,000 claims waited, %d syncs, %d reservations", waits, s.Syncs, s.Windows)
	}
}

// toSyncAsked takes what has asked the syncer.
func (l *Log) toSyncAsked() bool {
	select {
	case <-l.toSync:
		return true
	default:
		return false
	}
}

// A window counts from when it is on the disk, and not from when it was written.
func TestWindow_CountsFromItsSync(t *testing.T) {
	l, r, _, err := start(newRecorder(), EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, b := r.get(l, "x"), l.NewBatch()
	for i := range 5 {
		if !claimSome(l, x, b, 1) {
			t.Fatalf("claim %d does not wait for a window that is not on the disk", i)
		}
	}
	if err := l.sync(); err != nil {
		t.Fatal(err)
	}
	if claimSome(l, x, b, 1) {
		t.Error("a claim in a window waits")
	}
	// One that reaches beyond it waits.
	if !claimSome(l, x, b, 100*64) {
		t.Error("a claim beyond a window does not wait")
	}
}

// While a window is moved, only what the old and the new one have in common is in
// force: a cut may leave either. Afterwards what it has left behind is in none.
func TestWindow_MovesOnBothFeet(t *testing.T) {
	l, r, _, err := start(newRecorder(), EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, b := r.get(l, "x"), l.NewBatch()
	w := func() *window { return x.o.windows.slots[0] }
	claimSome(l, x, b, 1)
	_ = l.sync()
	for w().next.from == 0 { // it begins elsewhere when it is moved a second time
		if w().since != 0 {
			_ = l.sync()
		}
		claimSome(l, x, b, 64)
	}
	old, next := w().now, w().next
	waits := func(word uint64) bool {
		b.Open()
		b.Claimed(x, word<<6, 1) // somebody who comes late
		return !l.Reached(l.Commit(b))
	}
	if old.from < next.from || !waits(next.from-1) {
		t.Errorf("a claim waits for nothing before a window: %+v, moved to %+v", old, next)
	}
	if old.to < next.to && !waits(next.to-1) {
		t.Errorf("a claim waits for nothing where a window is to be: %+v, moved to %+v", old, next)
	}
	if waits(next.from) {
		t.Errorf("a claim in both waits: %+v, moved to %+v", old, next)
	}
}

// Policies without windows wait for all, or for nothing.
func TestWindow_OtherPolicies(t *testing.T) {
	for policy, waits := range map[Policy]bool{Always: true, No: false} {
		l, r, _, err := start(newRecorder(), policy, 0)
		if err != nil {
			t.Fatal(err)
		}
		x, b := r.get(l, "x"), l.NewBatch()
		if claimSome(l, x, b, 1) != waits || x.o.windows != nil {
			t.Errorf("policy %d", policy)
		}
		// A claim that was appended under another policy than it is committed under has
		// no window: it waits, or is one of those that nothing is promised about.
		b.Open()
		for i := range uint64(earlyNotes) {
			b.Claimed(x, i*1000, 1)
		}
		b.Append()
		l.SetPolicy(EverySec)
		if b.Len() > 0 || l.Reached(l.Commit(b)) == waits {
			t.Errorf("policy %d, and then another", policy)
		}
	}
}

// A cut costs a tracker a sixteenth of its IDs at most, wherever it is claimed
// from, and never an ID beyond its bound.
func TestWindow_ShareOfACut(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	skipped := uint64(0)
	for _, maxID := range []uint64{1, 63, 64, 1000, 1024, 5000, 100000, 1 << 19, 1<<19 + 17} {
		d := newRecorder()
		l, r, _, err := start(d, EverySec, 0)
		if err != nil {
			t.Fatal(err)
		}
		x, b := r.get(l, "x"), l.NewBatch()
		x.maxID = maxID
		for range 1000 {
			b.Open()
			lo := uint64(0)
			if rng.Intn(3) == 0 {
				lo = rng.Uint64() % maxID
			}
			x.b.claim(lo, maxID, 1+rng.Intn(int(maxID/100)+1), func(id uint64) { b.Claimed(x, id, 1) })
			l.Commit(b)
			if rng.Intn(4) == 0 {
				_ = l.sync()
			}
			if rng.Intn(50) == 0 {
				l.ticks.Add(1)
			}
			if rng.Intn(100) == 0 {
				x.b.changeRange(0, maxID, false) // given back, and claimed again
				b.Open()
				b.ChangedRange(x, 0, maxID)
				l.Commit(b)
			}
		}
		_, s, report, err := start(d.cut(rng), EverySec, 1)
		if err != nil {
			t.Fatal(err)
		}
		if report.Quarantined > maxID/windowShare {
			t.Errorf("bound %d: %d IDs are skipped", maxID, report.Quarantined)
		}
		skipped += report.Quarantined
		for id := maxID; id < maxID+100; id++ {
			if s.find("x").b.test(id) {
				t.Errorf("bound %d: %d is set", maxID, id)
			}
		}
	}
	if skipped == 0 {
		t.Error("nothing is skipped")
	}
}

// A window that nobody has used since a file before is not carried on; those that
// are used are, and what has gone leaves nothing behind.
func TestWindow_IsCarriedWhileItIsUsed(t *testing.T) {
	l, r, _, err := start(newRecorder(), EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := l.NewBatch()
	used, idle, gone := r.get(l, "used"), r.get(l, "idle"), r.get(l, "gone")
	for _, x := range []*tracked{used, idle, gone} {
		claimSome(l, x, b, 1)
	}
	r.drop(l, "gone")
	if gone.o.windows != dropped {
		t.Error("what was dropped has windows")
	}
	for range 3 {
		claimSome(l, used, b, 1)
		if _, err := l.rotate(); err != nil {
			t.Fatal(err)
		}
	}
	if used.o.windows == nil || idle.o.windows != nil {
		t.Error(used.o.windows, idle.o.windows)
	}
	if l.windowed.first != used.o.windows || l.windowed.last != used.o.windows {
		t.Error("the list has others")
	}
	l.Flush()
	if l.windowed.first != nil {
		t.Error("what was flushed has windows")
	}
	b.Open()
	b.Claimed(used, 5, 1) // by who had found it before
	l.Commit(b)
	if l.windowed.first != nil {
		t.Error("what was flushed gets windows")
	}
}

// The end of a process quarantines nothing, and voids the windows: a cut after it
// does not bring them back.
func TestWindow_EndsWithItsProcess(t *testing.T) {
	d := newRecorder()
	l, r, _, err := start(d, EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, b := r.get(l, "x"), l.NewBatch()
	claimSome(l, x, b, 100)
	_ = l.sync()
	_, _, report, err := start(d.kill(), EverySec, 0)
	if err != nil || report.PowerLoss || report.Quarantined > 0 {
		t.Fatalf("%+v %v", report, err)
	}
	// A machine that says nothing about its starts may have stopped.
	none := testOptions(d.kill(), newRegistry(), EverySec)
	none.BootID = [16]byte{}
	if _, report := opened(t, none); !report.PowerLoss || report.Quarantined == 0 {
		t.Errorf("%+v", report)
	}
	after := d.kill()
	if _, _, _, err = start(after, EverySec, 0); err != nil {
		t.Fatal(err)
	}
	_, _, report, err = start(after.cut(rand.New(rand.NewSource(1))), EverySec, 1)
	if err != nil || report.Quarantined > 0 {
		t.Errorf("%+v %v", report, err)
	}
}

package journal

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

func TestNil_NothingIsKept(t *testing.T) {
	var l *Log
	b := l.NewBatch()
	o := &tracked{b: newBits()}
	b.Open()
	b.Changed(o, 1)
	b.ChangedRange(o, 1, 2)
	b.Claimed(o, 1, 1)
	b.Relied(o, 1)
	b.Append()
	l.Create(o, nil)
	l.Describe(o, nil)
	o.b.set(1)
	l.Clear(o)
	l.Flush()
	l.Drop(o)
	l.OnReach(nil)
	l.SetGrowth(DefaultGrowth)
	if g := l.Commit(b); b != nil || b.Len() != 0 || o.Word(0) != 0 || !l.Reached(g) || !l.Wait(l.Sync(b), nil) || l.Refusing() != nil || l.Close(context.Background()) != nil {
		t.Error("a log that is none")
	}
}

func TestGate_Both(t *testing.T) {
	written, synced, saw := Gate{pos: 7}, Gate{pos: 5, sync: true}, Gate{pos: 9, saw: true}
	for _, c := range []struct{ a, b, both Gate }{
		{Gate{}, written, written},
		{written, Gate{}, written},
		{written, synced, Gate{pos: 7, sync: true}},
		{saw, written, Gate{pos: 9}},
		{saw, saw, saw},
	} {
		if g := c.a.And(c.b); g != c.both {
			t.Errorf("%+v and %+v is %+v", c.a, c.b, g)
		}
	}
}

// What waits for the disk is told when it is there, by the syncer; a wait ends
// with who waits, and with the log.
func TestGate_OpensWithTheSync(t *testing.T) {
	fs, err := Directory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := newRegistry()
	l, _ := opened(t, testOptions(fs, r, EverySec))
	var told atomic.Int64
	l.OnReach(func() { told.Add(1) })
	x, b := r.get(l, "x"), l.NewBatch()
	b.Open()
	x.b.set(1)
	b.Changed(x, 1)
	if g := l.Commit(b); !l.Reached(g) {
		t.Error("a change in everysec waits")
	}
	g := l.Sync(nil)
	stop := make(chan struct{})
	close(stop)
	if l.Wait(g, stop) {
		t.Error("nobody has synced it")
	}
	l.Start()
	if !l.Wait(g, nil) || l.synced.Load() < g.pos {
		t.Error("it waits for another thing")
	}
	for told.Load() == 0 {
		runtime.Gosched()
	}
	far := Gate{pos: 1 << 40}
	ended := make(chan bool)
	go func() { ended <- l.Wait(far, nil) }()
	for l.waiters.Load() == 0 {
		runtime.Gosched()
	}
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if <-ended {
		t.Error("what will never be there is reached")
	}
	if err := l.Close(context.Background()); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := l.Rewrite(context.Background()); err == nil {
		t.Error("a base of a closed log")
	}
}

// In Always each commit is on the disk before it is acknowledged, by syncs that
// many share.
func TestGate_PolicyWhileRunning(t *testing.T) {
	fs, err := Directory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := newRegistry()
	l, _ := opened(t, testOptions(fs, r, No))
	l.Start()
	x, b := r.get(l, "x"), l.NewBatch()
	for i, p := range []Policy{Always, EverySec, No, Always} {
		l.SetPolicy(p)
		for id := range uint64(20) {
			b.Open()
			x.b.set(id)
			b.Changed(x, id)
			g := l.Commit(b)
			if !l.Wait(g, nil) || p == Always && l.synced.Load() < l.Position() {
				t.Errorf("%d: policy %d", i, p)
			}
		}
	}
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A log that grows is rewritten by itself, and its files stay few.
func TestBase_IsWrittenWhenTheLogHasGrown(t *testing.T) {
	dir := t.TempDir()
	fs, err := Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := newRegistry()
	o := testOptions(fs, r, EverySec)
	o.Growth = Growth{Percent: 100, Least: 2000}
	l, _ := opened(t, o)
	l.Start()
	x, b := r.get(l, "x"), l.NewBatch()
	deadline := time.Now().Add(time.Minute)
	for id := uint64(0); l.Status().Rewrite.Count < 3; id++ {
		b.Open()
		x.b.set(id * 64 % bitsLimit)
		b.Changed(x, id*64%bitsLimit)
		l.Wait(l.Commit(b), nil)
		if time.Now().After(deadline) {
			t.Fatalf("%+v", l.Status())
		}
	}
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	names, err := fs.List()
	if err != nil || len(names) > 5 {
		t.Errorf("%v %v", names, err)
	}
	sameTrackers(t, r, replayed(t, dir))
}

// A rewrite ends when whoever wants it does, or the log, and leaves nothing.
func TestBase_CanBeStopped(t *testing.T) {
	d := newRecorder()
	l, r, _, err := start(d, EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	x := r.get(l, "x")
	x.b.changeRange(0, bitsLimit, true)
	ctx, cancel := context.WithCancel(context.Background())
	d.before = func(op, name string) {
		if op == "write" && name == baseName(2)+unnamed {
			cancel()
			if err := l.Rewrite(context.Background()); !errors.Is(err, ErrRewriting) {
				t.Error(err)
			}
		}
	}
	if err := l.Rewrite(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	d.before = nil
	if s := l.Status().Rewrite; s.Active || !errors.Is(s.Err, context.Canceled) || s.Count != 0 {
		t.Errorf("%+v", s)
	}
	for name := range d.files {
		if _, base, _ := parseName(name); base || len(name) > len(logName(1)) {
			t.Errorf("%s is left", name)
		}
	}
	if err := l.Rewrite(context.Background()); err != nil {
		t.Error(err)
	}
	if s := l.Status(); s.Files != 2 || d.files[logName(2)] == nil || len(d.files) != 2 {
		t.Errorf("a base that failed has cost a file: %v", slices.Sorted(maps.Keys(d.files)))
	}
}

// The log is to be small beside a million trackers.
func TestObject_IsSmall(t *testing.T) {
	if n := unsafe.Sizeof(Object{}); n > 16 {
		t.Errorf("%d bytes", n)
	}
}

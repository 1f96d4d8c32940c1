package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// On a real file system that is full, changes are refused before they are lost,
// and taken again by themselves when there is room.
func TestFailing_FullFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=6m"); err != nil {
		t.Skip("no file system can be mounted here:", err)
	}
	defer func() { _ = unix.Unmount(dir, unix.MNT_DETACH) }()
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 3<<20), modeFile); err != nil {
		t.Fatal(err)
	}
	fs, err := Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := newRegistry()
	tries := new(atomic.Int64)
	o := testOptions(countedDisk{fs, tries}, r, EverySec)
	o.step, o.hold = 1<<20, 0
	l, _ := opened(t, o)
	l.Start()
	x, b := r.get(l, "x"), l.NewBatch()
	id := uint64(0)
	deadline := time.Now().Add(time.Minute)
	fill := func() (taken int) {
		for l.Refusing() == nil {
			b.Open()
			for range 1000 {
				if id = (id + 64*977 + 1) % bitsLimit; !x.b.set(id) {
					x.b.unset(id)
				}
				b.Changed(x, id)
			}
			if !l.Wait(l.Commit(b), nil) || time.Now().After(deadline) {
				t.Fatalf("%+v", l.Status())
			}
			taken++
		}
		return taken
	}
	first := fill()
	if err := l.Refusing(); !errors.Is(err, ErrNoRoom) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	before := tries.Load()
	time.Sleep(300 * time.Millisecond)
	if n := tries.Load() - before; n > 60 { // each try asks for less and less
		t.Errorf("%d tries in a third of a second", n)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for l.Refusing() != nil {
		time.Sleep(time.Millisecond)
		if time.Now().After(deadline) {
			t.Fatal("it does not go on:", l.Refusing())
		}
	}
	second := fill()
	t.Logf("%d commits, and %d more when there was room", first, second)
	if first == 0 || second == 0 {
		t.Error("nothing was taken")
	}
	sameTrackers(t, r, replayed(t, dir))
	if err := l.Close(context.Background()); err != nil { // it has kept room for that
		t.Error(err)
	}
}

// countedDisk counts how often room is asked for.
type countedDisk struct {
	FS
	tries *atomic.Int64
}

func (d countedDisk) Create(name string) (File, error) {
	f, err := d.FS.Create(name)
	return countedFile{f, d.tries}, err
}

type countedFile struct {
	File
	tries *atomic.Int64
}

func (f countedFile) Allocate(off, n int64) error {
	f.tries.Add(1)
	return f.File.Allocate(off, n)
}

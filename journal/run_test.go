package journal

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"
)

func tempDirectory(t *testing.T) FS {
	t.Helper()
	fs, err := Directory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

// What is begun and not waited for is under way at once, lets no other one begin, and
// has ended when the log has.
func TestRun_WhatIsBegunEndsWithTheLog(t *testing.T) {
	for name, begin := range map[string]func(*Log) error{
		"rewrite": (*Log).BeginRewrite, "backup": func(l *Log) error { return l.BeginBackup("dump.pt") },
	} {
		t.Run(name, func(t *testing.T) {
			fs, r := tempDirectory(t), newRegistry()
			o := testOptions(fs, r, EverySec)
			o.Growth.Rate = 1 // byte per second: it does not come to its end
			l, _ := opened(t, o)
			l.Start()
			r.get(l, "x")
			if err := begin(l); err != nil {
				t.Fatal(err)
			}
			if s := l.Status(); s.Rewrite.Active != (name == "rewrite") || s.Backup.Active != (name == "backup") {
				t.Errorf("%+v", s)
			}
			for _, again := range []error{l.BeginRewrite(), l.BeginBackup("dump.pt"), l.Rewrite(t.Context()), l.Backup(t.Context(), "dump.pt")} {
				if !errors.Is(again, ErrRewriting) {
					t.Errorf("beside it: %v", again)
				}
			}
			if err := l.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			s := l.Status()
			if run := map[string]Run{"rewrite": s.Rewrite, "backup": s.Backup}[name]; run.Active || !errors.Is(run.Err, ErrClosed) || run.Failed != 1 || run.Count != 0 {
				t.Errorf("it ended as %+v", run)
			}
			if err := begin(l); !errors.Is(err, ErrClosed) {
				t.Errorf("after the end: %v", err)
			}
		})
	}
}

// Status tells how many changes no backup has.
func TestRun_CountsWhatNoBackupHas(t *testing.T) {
	fs, r, changes := tempDirectory(t), newRegistry(), uint64(5)
	o := testOptions(fs, r, EverySec)
	o.Changes = func() uint64 { return changes }
	l, report := opened(t, o)
	if l.Report() != report {
		t.Error("it has another report")
	}
	l.Start()
	expect := func(unsaved uint64, backups uint64) {
		t.Helper()
		if s := l.Status(); s.Unsaved != unsaved || s.Backup.Count != backups {
			t.Errorf("%d changes, %d backups, want %d, %d", s.Unsaved, s.Backup.Count, unsaved, backups)
		}
	}
	expect(5, 0)
	if err := l.Rewrite(t.Context()); err != nil { // is none
		t.Error(err)
	}
	expect(5, 0)
	if err := l.Backup(t.Context(), "dump.pt"); err != nil {
		t.Error(err)
	}
	expect(0, 1)
	changes = 9
	expect(4, 1)
	if err := l.BeginBackup("LOCK"); err == nil {
		t.Error("LOCK is a name of a backup")
	}
	if err := l.BeginBackup("dump.pt"); err != nil {
		t.Error(err)
	}
	if err := l.Close(t.Context()); err != nil { // waits for it, however it ends
		t.Error(err)
	}
	if names, _ := fs.List(); !slices.Contains(names, "dump.pt") {
		t.Errorf("%q", names)
	}
}

// Who asks for the disk has there what a batch has noted, too, and the batch goes on.
func TestSync_HasWhatTheBatchHas(t *testing.T) {
	fs, r := tempDirectory(t), newRegistry()
	l, _ := opened(t, testOptions(fs, r, EverySec))
	l.Start()
	x, b := r.get(l, "x"), l.NewBatch()
	b.Open()
	x.b.set(1)
	b.Changed(x, 1)
	before := l.Position()
	g := l.Sync(b)
	if l.Position() == before || b.Len() != 0 || l.open.Load() != 1 || !l.Wait(g, nil) || l.Status().Synced < l.Position() {
		t.Errorf("%+v, %d notes, %d batches", l.Status(), b.Len(), l.open.Load())
	}
	commit(t, l, b)
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// What is scheduled begins by itself, once, when the other one has ended.
func TestRun_WhatIsScheduledBegins(t *testing.T) {
	fs, r := tempDirectory(t), newRegistry()
	o := testOptions(fs, r, EverySec)
	l, _ := opened(t, o)
	l.Start()
	for _, first := range []func() error{l.BeginRewrite, func() error { return l.BeginBackup("dump.pt") }} {
		before := l.Status()
		l.SetGrowth(Growth{Rate: 1})
		if err := first(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			l.ScheduleRewrite()
			if err := l.ScheduleBackup("dump.pt"); err != nil {
				t.Fatal(err)
			}
		}
		if s := l.Status(); !s.Rewrite.Scheduled || !s.Backup.Scheduled {
			t.Errorf("%+v, %+v", s.Rewrite, s.Backup)
		}
		l.ran.Lock()
		l.cancel(context.Canceled)
		l.ran.Unlock()
		for s := l.Status(); s.Rewrite.Failed+s.Backup.Failed == 0; s = l.Status() {
			runtime.Gosched()
		}
		l.SetGrowth(Growth{})
		for {
			s := l.Status()
			if s.Rewrite.Count == before.Rewrite.Count+1 && s.Backup.Count == before.Backup.Count+1 && !s.Rewrite.Scheduled && !s.Backup.Scheduled {
				break
			}
			if s.Rewrite.Count > before.Rewrite.Count+1 || s.Backup.Count > before.Backup.Count+1 || t.Context().Err() != nil {
				t.Fatalf("%+v, %+v", s.Rewrite, s.Backup)
			}
			runtime.Gosched()
		}
	}
	if err := l.ScheduleBackup("base-00000001.pt"); err == nil {
		t.Error("that is no name of a backup")
	}
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
	l.ScheduleRewrite()
	if s := l.Status(); s.Rewrite.Active {
		t.Errorf("after the end: %+v", s.Rewrite)
	}
}

// A rate holds from now on for what is being written, too, and what is too slow can be
// interrupted.
func TestRun_CanBeHurriedAndInterrupted(t *testing.T) {
	fs, r := tempDirectory(t), newRegistry()
	l, _ := opened(t, testOptions(fs, r, EverySec))
	l.Start()
	l.Interrupt() // nothing
	until := func(what string, is func(Status) bool) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); !is(l.Status()); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal(what)
			}
		}
	}
	l.SetGrowth(Growth{Rate: 1})
	if err := l.BeginBackup("dump.pt"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // for one that waits by then
	l.SetGrowth(Growth{})
	until("hurried", func(s Status) bool { return s.Backup.Count == 1 })
	l.SetGrowth(Growth{Rate: 1})
	if err := l.BeginRewrite(); err != nil {
		t.Fatal(err)
	}
	l.Interrupt()
	until("interrupted", func(s Status) bool { return !s.Rewrite.Active })
	if err := l.Status().Rewrite.Err; !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// A disk that does not answer holds nobody up who ends the log.
func TestClose_WaitsNoLongerThanItMay(t *testing.T) {
	fs, r := tempDirectory(t), newRegistry()
	l, _ := opened(t, testOptions(fs, r, EverySec))
	l.Start()
	l.syncing.Lock() // a sync that hangs
	r.get(l, "x")
	l.Sync(nil)
	for len(l.toSync) > 0 { // until the syncer is at it
		runtime.Gosched()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := l.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	l.syncing.Unlock()
	l.work.Wait()
}

package commands

import (
	"context"
	"testing"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// openLog reads the log of a directory into the registry, which keeps its changes
// there from then on.
func openLog(t testing.TB, dir string, r *tracker.Registry, changes func() uint64) *journal.Log {
	t.Helper()
	fs, err := journal.Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	restored := r.Restore()
	log, _, err := journal.Open(journal.Options{
		FS: fs, Target: restored, Objects: r.Entries(), BootID: [16]byte{1}, Growth: journal.DefaultGrowth, Backup: "dump.pt", Changes: changes,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := restored.Keep(log); err != nil {
		t.Fatal(err)
	}
	return log
}

// keep gives a server a log in a directory of its own.
func keep(t testing.TB, s *resp.Server, r *tracker.Registry, changes func() uint64) *journal.Log {
	t.Helper()
	log := openLog(t, t.TempDir(), r, changes)
	log.Start()
	s.Keep(log)
	t.Cleanup(func() {
		if err := log.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return log
}

package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// failingDirectory is one whose files cannot be synced while fails says so.
type failingDirectory struct {
	journal.FS
	fails *atomic.Bool
}

func (d failingDirectory) file(f journal.File, err error) (journal.File, error) {
	if err != nil {
		return nil, err
	}
	return failingFile{f, d.fails}, nil
}

func (d failingDirectory) Open(name string) (journal.File, error)   { return d.file(d.FS.Open(name)) }
func (d failingDirectory) Create(name string) (journal.File, error) { return d.file(d.FS.Create(name)) }

type failingFile struct {
	journal.File
	fails *atomic.Bool
}

func (f failingFile) Sync() error {
	if f.fails.Load() {
		return errors.New("the disk has gone")
	}
	return f.File.Sync()
}

type lockedBuffer struct {
	sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) lines() []string {
	b.Lock()
	defer b.Unlock()
	return strings.Split(strings.TrimSpace(b.Buffer.String()), "\n")
}

// The log says once that changes are refused, and once that they are taken again.
func TestRefusals_AreTold(t *testing.T) {
	directory, err := journal.Directory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	registry, err := tracker.NewRegistry(tracker.Config{Width: tracker.DefaultWidth}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer registry.Close()
	var fails atomic.Bool
	restored := registry.Restore()
	kept, _, err := journal.Open(journal.Options{
		FS: failingDirectory{directory, &fails}, Target: restored, Objects: registry.Entries(), Policy: journal.Always, Growth: journal.DefaultGrowth,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := restored.Keep(kept); err != nil {
		t.Fatal(err)
	}
	var lines lockedBuffer
	k := newKeeper(persistence{policy: journal.Always, growth: journal.DefaultGrowth})
	k.take(kept)
	k.tellRefusals(kept, zerolog.New(&lines))
	kept.Start()
	caller, notes := registry.Caller(nil), kept.NewBatch()
	caller.Note(notes)
	change := func(id uint64) {
		if _, err := caller.At("x:").Add([]uint64{id}); err != nil {
			t.Fatal(err)
		}
		kept.Commit(notes)
	}
	wait := func(text string) {
		t.Helper()
		for began := time.Now(); !strings.Contains(lines.lines()[len(lines.lines())-1], text); time.Sleep(time.Millisecond) {
			if time.Since(began) > programPatience {
				t.Fatalf("no line says %q: %q", text, lines.lines())
			}
		}
	}
	change(1)
	for round := range 2 {
		fails.Store(true)
		change(uint64(2 * round))
		wait("changes are refused")
		fails.Store(false)
		wait("changes are taken again")
	}
	ended, cancel := context.WithTimeout(context.Background(), programPatience)
	defer cancel()
	if err := k.close(ended); err != nil {
		t.Error(err)
	}
	if got := lines.lines(); len(got) != 4 || !strings.Contains(got[0], "the disk has gone") {
		t.Errorf("the log has %q", got)
	}
}

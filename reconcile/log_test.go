package reconcile

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// failing is a directory on a disk that is full when it is told so, or slow.
type failing struct {
	journal.FS
	full atomic.Bool
	slow sync.RWMutex // held while it does not sync
}

type failingFile struct {
	journal.File
	of *failing
}

func (f *failing) Create(name string) (journal.File, error) {
	if f.full.Load() {
		return nil, syscall.ENOSPC
	}
	file, err := f.FS.Create(name)
	return failingFile{file, f}, err
}

func (f *failing) Open(name string) (journal.File, error) {
	file, err := f.FS.Open(name)
	return failingFile{file, f}, err
}

func (f failingFile) WriteAt(p []byte, off int64) (int, error) {
	if f.of.full.Load() {
		return 0, syscall.ENOSPC
	}
	return f.File.WriteAt(p, off)
}

func (f failingFile) Sync() error {
	f.of.slow.RLock()
	defer f.of.slow.RUnlock()
	return f.File.Sync()
}

// keep has the rig's trackers kept in dir.
func (g *rig) keep(dir string, policy journal.Policy) *failing {
	g.Helper()
	directory, err := journal.Directory(dir)
	if err != nil {
		g.Fatal(err)
	}
	fs := &failing{FS: directory}
	to := g.registry.Restore()
	log, _, err := journal.Open(journal.Options{FS: fs, Target: to, Objects: g.registry.Entries(), BootID: [16]byte{1}, Policy: policy})
	if err != nil {
		g.Fatal(err)
	}
	if err := to.Keep(log); err != nil {
		g.Fatal(err)
	}
	log.Start()
	g.Keep(log)
	g.Cleanup(func() {
		g.Reconciler.Close()
		g.registry.Close()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		log.Close(ctx)
	})
	return fs
}

// When a job is done a process that is killed has lost nothing of it: what is read back is what there was.
func TestLog_DoneIsKept(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	dir := t.TempDir()
	g.keep(dir, journal.EverySec)
	g.fill("vec:", 0, 20_000)
	check := func() {
		t.Helper()
		image := t.TempDir()
		if err := os.CopyFS(image, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(filepath.Join(image, "lock"))
		was := g.registry
		r, err := tracker.NewRegistry(tracker.Config{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		directory, err := journal.Directory(image)
		if err != nil {
			t.Fatal(err)
		}
		to := r.Restore()
		log, _, err := journal.Open(journal.Options{FS: directory, Target: to, Objects: r.Entries(), BootID: [16]byte{1}})
		if err != nil {
			t.Fatal(err)
		}
		if err := to.Keep(log); err != nil {
			t.Fatal(err)
		}
		defer func() {
			r.Close()
			log.Close(context.Background())
		}()
		a, b := was.Get("vec:"), r.Get("vec:")
		if a == nil || b == nil || a.Count() != b.Count() || b.Stats().Leased != 0 {
			t.Fatalf("%+v, read back %+v", a.Stats(), b)
		}
		free := a.Select(tracker.Unset, tracker.Mask{})
		for id, ok := b.First(tracker.Set, tracker.Everything); ok; id, ok = b.First(tracker.Set, tracker.Range{Min: id + 1, Max: tracker.Limit}) {
			if free.Has(id) {
				t.Fatal(id, "is one too many")
			}
		}
	}
	if j := g.done(Request{Prefix: "vec:"}); j.Added != 20_001 {
		t.Error(j.Added)
	}
	check()
	for id := range uint64(100) {
		g.del(3 * id)
	}
	g.fill("vec:", 30_000, 30_099)
	if j := g.done(Request{Prefix: "vec:", Mode: Repair}); j.Repaired != 200 {
		t.Error(j.Repaired)
	}
	check()
	g.agree()
}

// A job is not done before what replies would wait for is.
func TestLog_IsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Load, Repair} {
		g := newRig(t)
		fs := g.keep(t.TempDir(), journal.Always)
		g.set(1, 2)
		g.between.page = sync.OnceFunc(fs.slow.Lock)
		id, err := g.Start(Request{Prefix: "vec:", Mode: mode})
		if err != nil {
			t.Fatal(err)
		}
		var j observe.SyncJob
		redistest.Eventually(t, "all is changed", func() bool {
			j, _ = g.Job(id)
			return j.Phase == "waiting for the log" || j.State != "running"
		})
		if j.State != "running" || j.Added+j.Repaired != 2 {
			t.Errorf("%+v", j)
		}
		fs.slow.Unlock()
		if j, err = g.Wait(t.Context(), id); err != nil || j.State != "done" {
			t.Errorf("%+v", j)
		}
	}
}

// A log that takes nothing lets a job change nothing.
func TestLog_Refuses(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Load, Repair} {
		g := newRig(t)
		fs := g.keep(t.TempDir(), journal.EverySec)
		g.set(1, 2)
		g.add(1, 3)
		g.log.Wait(g.log.Commit(nil), nil)
		refuse := func() {
			fs.full.Store(true)
			redistest.Eventually(t, "the log refuses", func() bool {
				other := g.hand() // somebody notices
				_, _ = other.caller.At("other:").Add([]uint64{uint64(g.between.asks.Load())})
				other.commit()
				return g.log.Refusing() != nil
			})
		}
		for when := 0; when <= 7; when++ {
			g.between.page, g.between.asked = nil, nil
			if when == 0 {
				g.between.page = refuse
			} else if mode == Load {
				break
			}
			g.between.asked = func(n int, keys []string) {
				if n == when {
					refuse()
				}
			}
			j := g.failed(Request{Prefix: "vec:", Mode: mode}, syscall.ENOSPC.Error())
			if j.Repaired+j.Added != 0 && when < 7 {
				t.Errorf("%s at %d: %+v", mode, when, j)
			}
			if got := g.state(1) + g.state(2) + g.state(3); got != "x.x" && when < 7 {
				t.Errorf("%s at %d: %s", mode, when, got)
			}
			fs.full.Store(false)
			redistest.Eventually(t, "the log takes changes again", func() bool { return g.log.Refusing() == nil })
		}
	}
}

package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

func TestJobs_OneForEachPrefix(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.set(1)
	var told sync.Mutex
	var began, ended []uint64
	g.options.Begun = func(j observe.SyncJob) { told.Lock(); began = append(began, j.ID); told.Unlock() }
	g.options.Ended = func(j observe.SyncJob) {
		if j.State == "running" || j.Ended.IsZero() {
			t.Errorf("%+v", j)
		}
		told.Lock()
		ended = append(ended, j.ID)
		told.Unlock()
	}
	goOn := make(chan struct{})
	g.between.scanned = func() error { <-goOn; return nil }
	id, err := g.Start(Request{Prefix: "vec:"})
	if err != nil || id != 1 {
		t.Fatal(id, err)
	}
	if _, err := g.Start(Request{Prefix: "vec:", Mode: Verify}); err != ErrBusy {
		t.Error(err)
	}
	for i := range mostAtOnce - 1 {
		if _, err := g.Start(Request{Prefix: fmt.Sprint(i)}); err != nil {
			t.Error(err)
		}
	}
	if _, err := g.Start(Request{Prefix: "more"}); err != ErrMany {
		t.Error(err)
	}
	if j, ok := g.Job(1); !ok || j.State != "running" || j.Phase == "" || !j.Ended.IsZero() || j.Prefix != "vec:" || j.Store != "redis://"+g.Addr {
		t.Errorf("%+v", j)
	}
	close(goOn)
	for id := uint64(1); id <= mostAtOnce; id++ {
		if j, err := g.Wait(t.Context(), id); err != nil || j.State != "done" || j.Phase != "" {
			t.Errorf("%+v", j)
		}
	}
	if g.Stop(1) {
		t.Error("it has been over")
	}
	g.between.scanned = nil
	for range mostKnown {
		g.done(Request{Prefix: "vec:"})
	}
	jobs := g.Figures().Jobs
	if len(jobs) != mostKnown || jobs[0].ID != mostAtOnce+mostKnown || jobs[mostKnown-1].ID != mostAtOnce+1 {
		t.Error(len(jobs), jobs[0].ID, jobs[len(jobs)-1].ID)
	}
	if _, ok := g.Job(1); ok {
		t.Error("it is remembered for ever")
	}
	told.Lock()
	defer told.Unlock()
	slices.Sort(began)
	slices.Sort(ended)
	if len(began) != mostAtOnce+mostKnown || !slices.Equal(began, ended) {
		t.Error(began, ended)
	}
}

func TestJobs_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	for want, q := range map[error]Request{
		tracker.ErrInvalidPrefix: {Prefix: ""},
		store.ErrURL:             {Prefix: "p", Store: "http://x"},
	} {
		if id, err := g.Start(q); !errors.Is(err, want) || id != 0 {
			t.Error(id, err)
		}
	}
	if _, err := g.Start(Request{Prefix: strings.Repeat("p", tracker.MaxPrefixLen+1)}); err != tracker.ErrInvalidPrefix {
		t.Error(err)
	}
	none, err := New(Options{Registry: g.registry})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := none.Start(Request{Prefix: "p"}); err != ErrNoStore {
		t.Error(err)
	}
	if _, err := New(Options{Registry: g.registry, Store: "x"}); !errors.Is(err, store.ErrURL) {
		t.Error(err)
	}
	none.Close()
	if _, err := none.Start(Request{Prefix: "p", Store: "redis://" + g.Addr}); err != ErrClosed {
		t.Error(err)
	}
}

// A job that is stopped, or ended with the server, keeps what it has done, and gives back what it has.
func TestJobs_Stop(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(g *rig){
		"stop":  func(g *rig) { g.Stop(1) },
		"close": func(g *rig) { go g.Reconciler.Close() },
	} {
		for asks := range 7 {
			g := newRig(t)
			g.fill("vec:", 0, 99)
			g.addRange(50, 150)
			if _, _, err := g.caller.At("vec:").LeaseOf(nil, []tracker.Run{{Start: 0, Len: 1}}, tracker.ClaimLease, tracker.LeaseTerms{TTL: time.Hour}); err != nil {
				t.Fatal(err)
			}
			used := g.books.Used()
			reached := make(chan struct{})
			stop := func() {
				close(reached)
				<-(*g.between.now.Load()).Done()
			}
			if asks == 0 {
				g.between.scanned = func() error { stop(); return nil }
			}
			g.between.asked = func(n int, keys []string) {
				if n == asks {
					stop()
				}
			}
			id, err := g.Start(Request{Prefix: "vec:", Mode: Repair, Settle: time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			<-reached
			end(g)
			j, err := g.Wait(t.Context(), id)
			if err != nil || j.State != "stopped" || j.Error != "" || j.Found != 100 || j.Repaired != 0 {
				t.Errorf("%s at %d: %+v", name, asks, j)
			}
			if open, _ := g.registry.CountLeases(); open != 1 {
				t.Errorf("%s at %d: %d leases", name, asks, open)
			}
			x := g.registry.Get("vec:")
			if x.Count() != 100 || g.state(149) != "x" || g.state(1) != "." {
				t.Errorf("%s at %d: something has changed", name, asks)
			}
			if more := g.books.Used() - used; more > int64(x.Stats().Memory) {
				t.Errorf("%s at %d: %d bytes have not come back", name, asks, more)
			}
		}
	}
}

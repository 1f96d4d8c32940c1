package reconcile

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// rig is a real server, trackers, and a Reconciler between them.
type rig struct {
	*testing.T
	*redistest.Server
	books    *tracker.Budget
	registry *tracker.Registry
	caller   *tracker.Caller // of a client
	between  *between
	*Reconciler
}

// between is the store, and what happens in the middle of its calls.
type between struct {
	store.Store
	page    func()                     // before a page is handled
	scanned func() error               // when a scan has ended
	asked   func(n int, keys []string) // when EXISTS has been answered the nth time, and nobody knows it yet
	asks    atomic.Int64
	now     atomic.Pointer[context.Context] // of the call
}

func (b *between) Scan(ctx context.Context, prefix string, page func(keys []string) error) error {
	b.now.Store(&ctx)
	err := b.Store.Scan(ctx, prefix, func(keys []string) error {
		if b.page != nil {
			b.page()
		}
		return page(keys)
	})
	if err == nil && b.scanned != nil {
		err = b.scanned()
	}
	return err
}

func (b *between) Exists(ctx context.Context, keys []string, dst []bool) ([]bool, error) {
	b.now.Store(&ctx)
	dst, err := b.Store.Exists(ctx, keys, dst)
	if n := b.asks.Add(1); b.asked != nil && len(keys) > 0 {
		b.asked(int(n), keys)
	}
	return dst, err
}

const width = 6

func newRig(t *testing.T, flags ...string) *rig {
	t.Helper()
	return newRigThat(t, "", flags...)
}

// newRigThat is newRig with parameters of the store's URL.
func newRigThat(t *testing.T, parameters string, flags ...string) *rig {
	t.Helper()
	s := redistest.Start(t, flags...)
	g := &rig{T: t, Server: s, books: tracker.NewBudget(0)}
	var err error
	if g.registry, err = tracker.NewRegistry(tracker.Config{Width: width}, g.books); err != nil {
		t.Fatal(err)
	}
	g.caller = g.registry.Caller(nil)
	g.Reconciler, err = New(Options{Registry: g.registry, Store: "redis://" + s.Addr + parameters, Settle: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Reconciler.Close)
	t.Cleanup(g.registry.Close)
	g.between = &between{Store: g.store}
	g.store = g.between
	return g
}

// run runs a job to its end.
func (g *rig) run(q Request) observe.SyncJob {
	g.Helper()
	g.between.asks.Store(0)
	id, err := g.Start(q)
	if err != nil {
		g.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	j, err := g.Wait(ctx, id)
	if err != nil {
		g.Fatal(err, j)
	}
	return j
}

// done is run of a job that is to succeed.
func (g *rig) done(q Request) observe.SyncJob {
	g.Helper()
	j := g.run(q)
	if j.State != "done" {
		g.Fatalf("%s: %s, %s", j.Mode, j.State, j.Error)
	}
	return j
}

// failed is run of a job that is to fail and say why.
func (g *rig) failed(q Request, why string) observe.SyncJob {
	g.Helper()
	j := g.run(q)
	if j.State != "failed" || !strings.Contains(j.Error, why) {
		g.Errorf("%s: %s, %q, not %q", j.Mode, j.State, j.Error, why)
	}
	return j
}

func (g *rig) fill(prefix string, first, last int) {
	redistest.Fill(g, g.Client(g), prefix, first, last, width)
}

func (g *rig) set(ids ...uint64) {
	for _, id := range ids {
		g.Do(g, "SET", key(id), "v")
	}
}

func (g *rig) del(ids ...uint64) {
	for _, id := range ids {
		g.Do(g, "DEL", key(id))
	}
}

func key(id uint64) string { return fmt.Sprintf("vec:%0*d", width, id) }

func (g *rig) add(ids ...uint64) {
	g.Helper()
	if _, err := g.caller.At("vec:").Add(ids); err != nil {
		g.Fatal(err)
	}
}

func (g *rig) rem(ids ...uint64) { g.caller.At("vec:").Remove(ids) }

func (g *rig) addRange(from, to uint64) {
	g.Helper()
	if _, err := g.caller.At("vec:").AddRange(tracker.Range{Min: from, Max: to}); err != nil {
		g.Fatal(err)
	}
}

// state is x for an ID that exists, . for a free one, ~ for one in flight.
func (g *rig) state(id uint64) string {
	r := g.registry.Get("vec:")
	set, free := r.Select(tracker.Set, tracker.Mask{}), r.Select(tracker.Unset, tracker.Mask{})
	switch {
	case set.Has(id):
		return "x"
	case free.Has(id):
		return "."
	}
	return "~"
}

// agree fails unless tracker and store have the same IDs, says a verify.
func (g *rig) agree() {
	g.Helper()
	g.between.asked, g.between.scanned, g.between.page = nil, nil, nil
	if j := g.done(Request{Prefix: "vec:", Mode: Verify}); j.Stale+j.Missing != 0 {
		g.Errorf("stale %d %v, missing %d %v", j.Stale, j.StaleKeys, j.Missing, j.MissingKeys)
	}
}

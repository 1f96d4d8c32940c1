package reconcile

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/redis/rueidis"
)

// full tells whether tests are as large as what they stand for: make follow. Else they are short replays.
func full() bool { return os.Getenv("FOLLOW") == "full" }

// sized returns the one size or the other.
func sized[T any](short, all T) T {
	if full() {
		return all
	}
	return short
}

const prefix = "vec:"

// settle is that of tests in which no worker goes without a lease.
func settle() time.Duration { return sized(200*time.Millisecond, time.Second) }

// following is a registry that follows a store.
type following struct {
	*testing.T
	registry *tracker.Registry
	with     *Reconciler
	store    store.Store
}

// follow has a new registry follow the store at url, and waits until it does.
func follow(t *testing.T, url string) *following {
	t.Helper()
	return followSettling(t, url, settle())
}

func followSettling(t *testing.T, url string, settle time.Duration) *following {
	t.Helper()
	registry, err := tracker.NewRegistry(tracker.Config{}, tracker.NewBudget(1<<30))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	r, err := New(Options{Registry: registry, Store: url, Settle: settle})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	s, err := store.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if _, err := registry.Create(prefix, tracker.Config{}); err != nil {
		t.Fatal(err)
	}
	if err := r.Follow([]string{prefix}, true); err != nil {
		t.Fatal(err)
	}
	f := &following{t, registry, r, s}
	f.until("it is followed", func(o observe.Follow) bool {
		return o.Primaries > 0 && o.Connected == o.Primaries && o.Gaps > 0 && !o.CatchingUp
	})
	return f
}

// until waits until what is told of following is so.
func (f *following) until(what string, is func(observe.Follow) bool) {
	f.Helper()
	within(f.T, 30*time.Second, what, func() string {
		if o := f.with.Figures().Follow; !is(o) {
			return fmt.Sprintf("%+v; jobs: %+v", o, f.with.Figures().Jobs)
		}
		return ""
	})
}

// within polls until wrong returns nothing more.
func within(t *testing.T, patience time.Duration, what string, wrong func() string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		why := wrong()
		if why == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: waited %v in vain: %s", what, patience, why)
		}
	}
}

// agrees waits until tracker and store have the same IDs and nothing is in flight, and returns how many those are. The
// store must be at rest.
func (f *following) agrees(patience time.Duration) (n int) {
	f.Helper()
	defer func(began time.Time) { f.Logf("they agree after %v", time.Since(began).Round(time.Millisecond)) }(time.Now())
	within(f.T, patience, "tracker and store agree", func() (why string) {
		keys := map[string]bool{}
		var mu sync.Mutex
		if err := f.store.Scan(context.Background(), prefix, func(page []string) error {
			mu.Lock()
			defer mu.Unlock()
			for _, key := range page {
				keys[key] = true
			}
			return nil
		}); err != nil {
			f.Fatal(err)
		}
		t := f.registry.Get(prefix)
		if t == nil {
			return "no prefix"
		}
		if leased := t.Stats().Leased; leased != 0 {
			return fmt.Sprintf("%d in flight", leased)
		}
		var stale, missing []string
		for id := range ids(t) {
			key := prefix + strconv.FormatUint(id, 10)
			if !keys[key] {
				stale = append(stale, key)
			}
			delete(keys, key)
			n++
		}
		for key := range keys {
			missing = append(missing, key)
		}
		if len(stale)+len(missing) > 0 {
			why = fmt.Sprintf("%d stale %.40q, %d missing %.40q; %+v", len(stale), stale, len(missing), missing, f.with.Figures().Follow)
			n = 0
		}
		return why
	})
	return n
}

// ids are the IDs that exist.
func ids(t *tracker.Tracker) func(yield func(uint64) bool) {
	return func(yield func(uint64) bool) {
		runs, _, _ := t.Scan(nil, tracker.Set, tracker.Everything, 0, 1<<30)
		for _, id := range appendIDs(nil, runs) {
			if !yield(id) {
				return
			}
		}
	}
}

// set writes the keys of first to last, with what comes behind the value.
func set(t *testing.T, c rueidis.Client, first, last int, more ...string) {
	t.Helper()
	for n := first; n <= last; {
		var batch rueidis.Commands
		for ; n <= last && len(batch) < 2000; n++ {
			batch = append(batch, c.B().Arbitrary("SET").Keys(prefix+strconv.Itoa(n)).Args("v").Args(more...).Build())
		}
		for _, r := range c.DoMulti(context.Background(), batch...) {
			if err := r.Error(); err != nil && !strings.HasPrefix(err.Error(), "OOM") {
				t.Fatal(err)
			}
		}
	}
}

// dial opens another connection to s.
func dial(t *testing.T, s *redistest.Server) rueidis.Client {
	c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{s.Addr}, ForceSingleClient: true, DisableCache: true, PipelineMultiplex: -1})
	if err != nil {
		t.Error(err)
		return nil
	}
	t.Cleanup(c.Close)
	return c
}

func TestFollow_WhatExpiresIsEvictedAndIsFlushed(t *testing.T) {
	t.Parallel()
	n := sized(20_000, 200_000)
	s := redistest.Start(t)
	f := follow(t, "redis://"+s.Addr)
	c := s.Client(t)

	life := sized(500*time.Millisecond, 2*time.Second)
	set(t, c, 0, n-1, "PX", strconv.FormatInt(life.Milliseconds(), 10))
	set(t, c, n, n+99)
	f.until("keys that come are heard", func(o observe.Follow) bool { return o.Events >= uint64(n) })
	time.Sleep(life) // until all have expired
	if got := f.agrees(5 * time.Second); got != 100 {
		t.Errorf("%d are left of those with a time to live and 100 others", got)
	}
	t.Logf("expired: %+v", f.with.Figures().Follow)

	// An eviction storm.
	s.Do(t, "CONFIG", "SET", "maxmemory-policy", "allkeys-random")
	set(t, c, 0, n-1)
	used := memory(t, s)
	s.Do(t, "CONFIG", "SET", "maxmemory", strconv.Itoa(used-n*20))
	set(t, c, n, n+n/10)
	left := f.agrees(5 * time.Second)
	if left >= n+n/10 {
		t.Errorf("%d of %d keys are left of an eviction storm", left, n+n/10)
	}
	t.Logf("evicted, %d left: %+v", left, f.with.Figures().Follow)
	s.Do(t, "CONFIG", "SET", "maxmemory", "0")

	gaps := f.with.Figures().Follow.Gaps
	s.Do(t, "FLUSHDB")
	if got := f.agrees(5 * time.Second); got != 0 {
		t.Errorf("%d are left after FLUSHDB", got)
	}
	o := f.with.Figures().Follow
	if o.Gaps == gaps || o.Dropped != 0 {
		t.Errorf("after FLUSHDB: %+v", o)
	}
	t.Logf("flushed: %+v", o)
}

// memory is how much the server has in use, in bytes.
func memory(t *testing.T, s *redistest.Server) int {
	t.Helper()
	reply, err := s.Try(t, "MEMORY", "STATS")
	if err != nil {
		t.Fatal(err)
	}
	stats, err := reply.AsMap()
	if err != nil {
		t.Fatal(err)
	}
	total := stats["total.allocated"]
	n, err := total.AsInt64()
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

func TestFollow_CatchesUpAfterEachCut(t *testing.T) {
	t.Parallel()
	cuts, rest := sized(6, 20), 50*time.Millisecond
	s := redistest.Start(t)
	f := follow(t, "redis://"+s.Addr)
	gaps := f.with.Figures().Follow.Gaps
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			c := dial(t, s)
			for i := w; ; i += 4 {
				select {
				case <-stop:
					return
				default:
				}
				at := i % 20_000
				set(t, c, at, at+50)
				if err := c.Do(context.Background(), c.B().Del().Key(prefix+strconv.Itoa((i*7)%20_000), prefix+strconv.Itoa((i*13)%20_000)).Build()).Error(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range cuts {
		time.Sleep(rest)
		before := f.with.Figures().Follow.Gaps
		s.Do(t, "CLIENT", "KILL", "TYPE", "pubsub")
		f.until("it is heard again", func(o observe.Follow) bool { return o.Gaps > before && o.Connected == 1 })
	}
	close(stop)
	writers.Wait()
	f.until("it has caught up", func(o observe.Follow) bool { return !o.CatchingUp })
	n := f.agrees(5 * time.Second)
	o := f.with.Figures().Follow
	if n == 0 || o.Gaps < gaps+uint64(cuts) {
		t.Errorf("%d keys, %+v", n, o)
	}
	t.Logf("%d cuts, %d keys: %+v", cuts, n, o)
}

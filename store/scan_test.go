package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

func open(t testing.TB, url string) Store {
	t.Helper()
	s, err := Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// openPaged is open for stores whose lists come in pages of so many keys: then few keys make many pages.
func openPaged(t testing.TB, url string, size int64) Store {
	t.Helper()
	s := open(t, url)
	s.(*servers).pageSize = size
	return s
}

// populated is a server with the keys vec:0 … vec:n-1.
func populated(t testing.TB, n int) *redistest.Server {
	t.Helper()
	r := redistest.Start(t, "--enable-debug-command", "yes")
	r.Do(t, "DEBUG", "POPULATE", strconv.Itoa(n), "vec", "1")
	return r
}

// collector notes how often each key was given.
type collector struct {
	mu   sync.Mutex
	keys map[string]int
}

func (c *collector) page(keys []string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil {
		c.keys = map[string]int{}
	}
	for _, key := range keys {
		c.keys[strings.Clone(key)]++
	}
	return nil
}

func (c *collector) sorted() []string { return slices.Sorted(maps.Keys(c.keys)) }

// checkAll tells which of prefix0…prefixN-1 were not given.
func (c *collector) checkAll(t testing.TB, prefix string, n int) {
	t.Helper()
	var missing []string
	for i := range n {
		if key := fmt.Sprintf("%s%d", prefix, i); c.keys[key] == 0 {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		t.Errorf("%d of %d keys were not given: %s …", len(missing), n, missing[0])
	}
}

func TestScan_PrefixesMeanThemselves(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := open(t, "redis://"+r.Addr)
	hostile := []string{"*", "?", "[", "]", "[a-z]", `\`, `\*`, "^", "[^a]", "a", "", "ключ:", "\x00\xff\r\n", "{t}:", "vec:", "vec", "{", "}"}
	for _, p := range hostile {
		for _, q := range hostile {
			r.Do(t, "SET", p+q+"1", "v")
		}
	}
	var all collector
	if err := s.Scan(t.Context(), "", all.page); err != nil {
		t.Fatal(err)
	}
	if size, err := s.Size(t.Context()); err != nil || size != uint64(len(all.keys)) {
		t.Errorf("Size %d, %v; %d keys were given", size, err, len(all.keys))
	}
	for _, p := range hostile {
		var got collector
		if err := s.Scan(t.Context(), p, got.page); err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, key := range all.sorted() {
			if strings.HasPrefix(key, p) {
				want = append(want, key)
			}
		}
		if !slices.Equal(got.sorted(), want) {
			t.Errorf("%q: %q, want %q", p, got.sorted(), want)
		}
	}
}

func TestScan_ReadsItsDatabase(t *testing.T) {
	t.Parallel()
	r := populated(t, 1)
	r.Do(t, "DEBUG", "POPULATE", "25001", "vec{tag}", "1")
	r.Do(t, "SWAPDB", "0", "3")
	s := open(t, "redis://"+r.Addr+"/3")
	var got collector
	if err := s.Scan(t.Context(), "vec{tag}:", got.page); err != nil {
		t.Fatal(err)
	}
	got.checkAll(t, "vec{tag}:", 25001)
	if len(got.keys) != 25001 {
		t.Errorf("%d keys, want 25001", len(got.keys))
	}
	empty := open(t, "redis://"+r.Addr)
	if size, err := empty.Size(t.Context()); size != 0 || err != nil {
		t.Errorf("the other database: %d, %v", size, err)
	}
}

func TestScan_EndsWhenItIsToEnd(t *testing.T) {
	t.Parallel()
	r := populated(t, 60000)
	s := open(t, "redis://"+r.Addr)
	enough := errors.New("enough")
	if err := s.Scan(t.Context(), "vec:", func([]string) error { return enough }); err != enough {
		t.Errorf("the error of page is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Scan(ctx, "vec:", func([]string) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := s.Exists(ctx, []string{"vec:1"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	s.Close()
	if err := s.Scan(t.Context(), "vec:", func([]string) error { return nil }); !errors.Is(err, errClosed) {
		t.Errorf("closed: %v", err)
	}
}

// A cut connection costs nothing: the list goes on at its cursor.
func TestScan_GoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	const n, page = 20000, 1000
	r := populated(t, n)
	s := openPaged(t, "redis://"+r.Addr, page)
	var got collector
	var pages, given atomic.Int64
	if err := s.Scan(t.Context(), "vec:", func(keys []string) error {
		if pages.Add(1)%5 == 0 {
			r.Do(t, "CLIENT", "KILL", "SKIPME", "yes")
		}
		// From the beginning it would be five pages more, each time.
		if given.Add(int64(len(keys))) > n+2*page {
			return errors.New("keys are given again")
		}
		return got.page(keys)
	}); err != nil {
		t.Fatal(err)
	}
	got.checkAll(t, "vec:", n)
}

// Another process at the address has another order: its list begins anew.
func TestScan_BeginsAnewWithAnotherProcess(t *testing.T) {
	t.Parallel()
	const n = 20000
	r := populated(t, n)
	r.Do(t, "SAVE")
	s := openPaged(t, "redis://"+r.Addr, 1000)
	var got collector
	var restart sync.Once
	if err := s.Scan(t.Context(), "vec:", func(keys []string) error {
		restart.Do(func() {
			r.Kill()
			r.Restart(t)
		})
		return got.page(keys)
	}); err != nil {
		t.Fatal(err)
	}
	got.checkAll(t, "vec:", n)
}

func TestExists_TellsEachKey(t *testing.T) {
	t.Parallel()
	r := populated(t, 10000)
	s := open(t, "redis://"+r.Addr)
	var keys []string
	for i := range 20000 {
		keys = append(keys, fmt.Sprintf("vec:%d", i*7%20000))
	}
	there, err := s.Exists(t.Context(), keys, []bool{true})
	if err != nil || len(there) != 20001 || !there[0] {
		t.Fatalf("%d answers, %v", len(there), err)
	}
	for i, ok := range there[1:] {
		if want := i*7%20000 < 10000; ok != want {
			t.Fatalf("%s: %t, want %t", keys[i], ok, want)
		}
	}
	// A connection that has ended meanwhile is not seen.
	r.Do(t, "CLIENT", "KILL", "SKIPME", "yes")
	if there, err = s.Exists(t.Context(), []string{"vec:1", "no"}, there[:0]); err != nil || !there[0] || there[1] {
		t.Errorf("after a cut: %v, %v", there, err)
	}
}

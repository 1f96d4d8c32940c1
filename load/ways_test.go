package load_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/prefixtracker/prefixtracker/internal/keyslot"
	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/store"
)

// book is a script that sends a command for one key after the other, round and round, and books each reply.
type book struct {
	command []string // before the key
	behind  []string // the key
	keys    []string
	again   bool // what was lost is sent again
	most    int  // requests
	stop    *atomic.Bool

	heard   []uint8 // how often a request was answered
	replies atomic.Int64
	lost    atomic.Int64
	wrong   atomic.Pointer[string]
}

func (b *book) Fill(dst []byte, reqs []load.Request) ([]byte, int, load.State) {
	for i := range reqs {
		if len(b.heard) == b.most || b.stop != nil && b.stop.Load() {
			return dst, i, load.Ended
		}
		r := load.Request{ID: uint64(len(b.heard))}
		r.Slot = keyslot.Of(b.key(&r))
		before := len(dst)
		dst = b.Again(dst, &r)
		r.Size = uint32(len(dst) - before)
		reqs[i] = r
		b.heard = append(b.heard, 0)
	}
	return dst, len(reqs), load.More
}

func (b *book) key(r *load.Request) string { return b.keys[r.ID%uint64(len(b.keys))] }

func (b *book) Again(dst []byte, r *load.Request) []byte {
	words := slices.Concat(b.command, []string{b.key(r)}, b.behind)
	dst = fmt.Appendf(dst, "*%d\r\n", len(words))
	for _, w := range words {
		dst = fmt.Appendf(dst, "$%d\r\n%s\r\n", len(w), w)
	}
	return dst
}

func (b *book) Reply(r *load.Request, reply *load.Reply) (load.Outcome, string) {
	b.heard[r.ID]++
	b.replies.Add(1)
	if reply.Kind == '-' {
		text := string(reply.Text)
		b.wrong.CompareAndSwap(nil, &text)
		return load.Failed, ""
	}
	return load.Done, ""
}

func (b *book) Lost(r *load.Request) bool {
	b.lost.Add(1)
	return b.again
}

func (b *book) Describe(r *load.Request) string { return b.command[0] + " " + b.key(r) }

// keysIn returns n keys for each of some slots.
func keysIn(slots []int, n int) (keys []string) {
	left := map[int]int{}
	for _, slot := range slots {
		left[slot] = n
	}
	for i := 0; len(keys) < n*len(slots); i++ {
		key := fmt.Sprint("k:", i)
		if slot := int(keyslot.Of(key)); left[slot] > 0 {
			left[slot]--
			keys = append(keys, key)
		}
	}
	return keys
}

func numbered(n int) (keys []string) {
	for i := range n {
		keys = append(keys, fmt.Sprint("k:", i))
	}
	return keys
}

// trial is a load on a store.
type trial struct {
	*load.Load
	books []*book
	mu    sync.Mutex
	seen  load.Stats
}

// try starts a load of books like b, one for each thread.
func try(t testing.TB, url string, c load.Config, b *book) *trial {
	t.Helper()
	s, err := store.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	route, err := s.(store.Ways).Route(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.Route, c.Dial = route, s.(store.Ways).Dial
	return begin(t, c, b)
}

func begin(t testing.TB, c load.Config, b *book) *trial {
	t.Helper()
	l := &trial{}
	c.Kinds = 1
	c.Script = func(int) load.Script {
		mine := &book{command: b.command, behind: b.behind, keys: b.keys, again: b.again, most: b.most, stop: b.stop}
		l.books = append(l.books, mine)
		return mine
	}
	var err error
	if l.Load, err = load.Start(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = l.Stop(ctx)
	})
	return l
}

// A server that takes some of the clients only ends the start, with what it says, instead of a load of those that it took.
func TestStart_MoreClientsThanTheServerTakes(t *testing.T) {
	server := redistest.Start(t, "--maxclients", "20")
	s, err := store.Open("redis://" + server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	route, err := s.(store.Ways).Route(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	c := load.Config{Clients: 50, Threads: 1, Pipeline: 1, Kinds: 1, Patience: time.Hour, Route: route, Dial: s.(store.Ways).Dial}
	c.Script = func(int) load.Script { return &book{} }
	if _, err := load.Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "max number of clients") || !strings.Contains(err.Error(), "of 50") {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}

// soFar returns what was seen.
func (l *trial) soFar() *load.Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.Take()
	l.seen.Merge(&s)
	return &l.seen
}

func (l *trial) replies() (n int64) {
	for _, b := range l.books {
		n += b.replies.Load()
	}
	return n
}

func (l *trial) lost() (n int64) {
	for _, b := range l.books {
		n += b.lost.Load()
	}
	return n
}

// goesOn waits for so many more replies.
func (l *trial) goesOn(t testing.TB, more int64) {
	t.Helper()
	n := l.replies() + more
	redistest.Eventually(t, fmt.Sprint(more, " more replies"), func() bool {
		select {
		case <-l.Ended():
			t.Fatal("it has ended: ", l.Stop(t.Context()))
		default:
		}
		return l.replies() >= n
	})
}

// end waits for the end, and returns why it came.
func (l *trial) end(t testing.TB) error {
	t.Helper()
	select {
	case <-l.Ended():
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
	return l.Stop(t.Context())
}

// well waits for the end, and checks that each request had one reply, and that none was an error.
func (l *trial) well(t testing.TB) *load.Stats {
	t.Helper()
	if err := l.end(t); err != nil {
		t.Fatal(err)
	}
	s := l.soFar()
	given := 0
	for _, b := range l.books {
		given += len(b.heard)
		for id, n := range b.heard {
			if n != 1 {
				t.Fatalf("request %d of %d has %d replies", id, len(b.heard), n)
			}
		}
		if text := b.wrong.Load(); text != nil {
			t.Errorf("a reply: %s", *text)
		}
	}
	f := &s.Kinds[0]
	if n := f.Outcomes[load.Done]; n != uint64(given) || f.Replies() != n || f.Latency.TotalCount() != int64(n) || len(f.Faults) > 0 {
		t.Errorf("of %d requests: %v, %d latencies, faults %v", given, f.Outcomes, f.Latency.TotalCount(), f.Faults)
	}
	t.Logf("%d requests, %d sent, %d redirected, %d connected again, longest %v", given, s.Sent, s.Redirected, s.Connected, time.Duration(f.Latency.Max()).Round(time.Millisecond))
	return s
}

// total is the sum of counters.
func total(t testing.TB, addr string, keys []string) (n int64) {
	t.Helper()
	c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{addr}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, key := range keys {
		v, err := c.Do(t.Context(), c.B().Get().Key(key).Build()).AsInt64()
		if err != nil && !rueidis.IsRedisNil(err) {
			t.Fatal(key, err)
		}
		n += v
	}
	return n
}

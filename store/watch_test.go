package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// hearer keeps what it is told.
type hearer struct {
	mu        sync.Mutex
	events    []string
	gaps      []string
	primaries int
	heard     int
	lag       time.Duration
	end       context.CancelFunc
	ended     chan error
}

func (h *hearer) Event(e Event) {
	h.mu.Lock()
	h.events = append(h.events, strings.Clone(e.Key)+" "+[]string{"perhaps", "there", "gone"}[e.Kind])
	h.mu.Unlock()
}

func (h *hearer) Gap(why string) {
	h.mu.Lock()
	h.gaps = append(h.gaps, why)
	h.mu.Unlock()
}

func (h *hearer) Heard(primaries, heard int, lag time.Duration) {
	h.mu.Lock()
	h.primaries, h.heard, h.lag = primaries, heard, lag
	h.mu.Unlock()
}

// told returns how many gaps there were, and forgets events.
func (h *hearer) told() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = nil
	return len(h.gaps)
}

// waitFor waits until the last event is e, which may come several times.
func (h *hearer) waitFor(t *testing.T, e string) {
	t.Helper()
	redistest.Eventually(t, "event "+e, func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.events) > 0 && h.events[len(h.events)-1] == e
	})
}

// waitGap waits for another gap than the first n, whose reason has why in it.
func (h *hearer) waitGap(t *testing.T, n int, why string) {
	t.Helper()
	redistest.Eventually(t, "gap: "+why, func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.gaps) > n && strings.Contains(strings.Join(h.gaps[n:], "\n"), why)
	})
}

// hear watches the store at url, and waits until all its primaries are heard.
func hear(t *testing.T, url string, configure bool, prefixes ...string) *hearer {
	t.Helper()
	s, err := Open(url)
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	h := &hearer{end: end, ended: make(chan error, 1)}
	go func() { h.ended <- s.Watch(ctx, prefixes, configure, h) }()
	t.Cleanup(func() {
		end()
		select {
		case <-h.ended:
		case <-time.After(10 * time.Second):
			t.Error("Watch does not end")
		}
		s.Close()
	})
	redistest.Eventually(t, "all are heard", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.primaries > 0 && h.heard == h.primaries && len(h.gaps) > 0 || len(h.ended) > 0
	})
	return h
}

func TestWatch_TellsWhatComesAndGoes(t *testing.T) {
	t.Parallel()
	for _, letters := range []string{"KA", "Kgxen"} {
		s := redistest.Start(t, "--notify-keyspace-events", letters)
		h := hear(t, "redis://"+s.Addr+"/3", false, "v[e]c*:", "other:")
		for _, c := range []struct{ command, want string }{
			{"SET v[e]c*:1 a", "v[e]c*:1 there"},
			{"DEL v[e]c*:1", "v[e]c*:1 gone"},
			{"HSET v[e]c*:2 f a", "v[e]c*:2 there"},
			{"HDEL v[e]c*:2 f", "v[e]c*:2 gone"},
			{"RPUSH v[e]c*:3 a", "v[e]c*:3 there"},
			{"RENAME v[e]c*:3 elsewhere", "v[e]c*:3 gone"},
			{"RENAME elsewhere other:4", "other:4 there"},
			{"COPY other:4 other:5", "other:5 there"},
			{"MOVE other:4 0", "other:4 gone"},
			{"SADD other:6 a", "other:6 there"},
			{"SINTERSTORE other:6 other:6 nobody", "other:6 gone"},
			{"ZADD other:7 1 a", "other:7 there"},
			{"UNLINK other:7", "other:7 gone"},
			{"XADD other:8 * f v", "other:8 there"},
			{"EXPIRE other:8 -1", "other:8 gone"},
			{"PSETEX other:9 20 a", "other:9 gone"},
			{"SETBIT other:10 7 1", "other:10 there"},
			{"EVAL redis.call('set',KEYS[1],1)redis.call('del',KEYS[1])redis.call('incr',KEYS[1]) 1 other:11", "other:11 there"},
			{"SORT v[e]c*:3 STORE other:10", "other:10 gone"},
			{"RESTORE other:12 0 $dump", "other:12 there"},
		} {
			words := strings.Fields(c.command)
			reply := s.Client(t).DoMulti(context.Background(),
				s.Client(t).B().Select().Index(3).Build(),
				s.Client(t).B().Arbitrary(words[0]).Args(valued(t, s, words[1:])...).Build(),
				s.Client(t).B().Select().Index(0).Build())
			if err := reply[1].NonRedisError(); err != nil {
				t.Fatal(err)
			}
			h.waitFor(t, c.want)
		}
		// What happens to others is not told: neither other prefixes nor other databases.
		h.told()
		for _, words := range []string{"SET veec*:1 a", "SET v[e]cX:1 a", "SET other 1", "SET v[e]c*:1 db0", "EXISTS other:1"} {
			s.Do(t, strings.Fields(words)...)
		}
		reply := s.Client(t).DoMulti(context.Background(), s.Client(t).B().Select().Index(3).Build(),
			s.Client(t).B().Set().Key("vec:1").Value("a").Build(), s.Client(t).B().Set().Key("other:last").Value("a").Build(), s.Client(t).B().Select().Index(0).Build())
		if err := reply[2].Error(); err != nil {
			t.Fatal(err)
		}
		h.waitFor(t, "other:last there")
		for _, e := range h.events {
			if e != "other:last there" {
				t.Errorf("%s: told of %q", letters, e)
			}
		}
		if len(h.gaps) != 1 {
			t.Errorf("%s: gaps: %q", letters, h.gaps)
		}
	}
}

// valued puts a value where words ask for one.
func valued(t *testing.T, s *redistest.Server, words []string) []string {
	for i, word := range words {
		if word == "$dump" {
			s.Do(t, "SET", "model", "a")
			words[i] = s.Do(t, "DUMP", "model")
		}
	}
	return words
}

func TestWatch_NeedsLetters(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--notify-keyspace-events", "Ex")
	h := hear(t, "redis://"+s.Addr, false, "vec:")
	err := <-h.ended
	h.ended <- err
	if !errors.Is(err, ErrSilent) || !strings.Contains(err.Error(), "Kgen") || !strings.Contains(err.Error(), "CONFIG SET") {
		t.Fatalf("without letters: %v", err)
	}
	h = hear(t, "redis://"+s.Addr, true, "vec:")
	reply, _ := s.Try(t, "CONFIG", "GET", notify)
	set, _ := reply.AsStrMap()
	if lacking(set[notify]) != "" || !strings.Contains(set[notify], "E") {
		t.Errorf("after it was set: %q", set[notify])
	}
	s.Do(t, "SET", "vec:1", "a")
	h.waitFor(t, "vec:1 there")

	// Who is not let ask goes on, and says so.
	s.Do(t, "ACL", "SETUSER", "poor", "on", ">secret", "~*", "&*", "+@all", "-config")
	h = hear(t, "redis://poor:secret@"+s.Addr, false, "vec:")
	h.waitGap(t, 0, "cannot be asked")
	s.Do(t, "DEL", "vec:1")
	h.waitFor(t, "vec:1 gone")
	n := h.told()
	s.Do(t, "FLUSHDB")
	h.waitGap(t, n, "FLUSH")

	// This is all that a user must be let do.
	s.Do(t, "ACL", "SETUSER", "least", "reset", "on", ">secret", "%R~vec:*", "resetchannels", "&__keyspace@0__:vec:*",
		"+psubscribe", "+ping", "+info", "+config|get")
	h = hear(t, "redis://least:secret@"+s.Addr, false, "vec:")
	s.Do(t, "SET", "vec:1", "a")
	h.waitFor(t, "vec:1 there")
	if len(h.gaps) != 1 || strings.Contains(h.gaps[0], ";") {
		t.Errorf("gaps of who is let do the least: %q", h.gaps)
	}

	// Who may not listen is told so.
	s.Do(t, "ACL", "SETUSER", "deaf", "on", ">secret", "~*", "resetchannels", "+@all")
	h = hear(t, "redis://deaf:secret@"+s.Addr, false, "vec:")
	if err := <-h.ended; err == nil || !strings.Contains(err.Error(), "does not let the user") || strings.Contains(err.Error(), "secret") {
		t.Errorf("who may not listen: %v", err)
	}
	h.ended <- nil
}

func TestWatch_TellsAGapWhereEventsAreMissing(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--notify-keyspace-events", "KA")
	h := hear(t, "redis://"+s.Addr, false, "vec:")
	for _, c := range []struct{ command, why string }{
		{"FLUSHDB", "FLUSH"}, {"FLUSHALL ASYNC", "FLUSH"}, {"SWAPDB 0 1", "SWAPDB"},
		{"CLIENT KILL TYPE pubsub", "not heard for a while"},
	} {
		n := h.told()
		s.Do(t, strings.Fields(c.command)...)
		h.waitGap(t, n, c.why)
		s.Do(t, "SET", "vec:1", "a")
		h.waitFor(t, "vec:1 there")
	}
	n := h.told()
	s.Kill()
	redistest.Eventually(t, "it is not heard", func() bool { h.mu.Lock(); defer h.mu.Unlock(); return h.primaries == 1 && h.heard == 0 })
	s.Restart(t)
	h.waitGap(t, n, "not heard for a while")
	redistest.Eventually(t, "it takes writes", func() bool { _, err := s.Try(t, "SET", "vec:2", "a"); return err == nil })
	h.waitFor(t, "vec:2 there")
	h.mu.Lock()
	if h.lag <= 0 || h.heard != 1 {
		t.Errorf("lag %v, heard %d", h.lag, h.heard)
	}
	h.mu.Unlock()
	// A server that has stopped, with its connections open.
	n = h.told()
	resume, paused := s.Pause(), time.Now()
	redistest.Eventually(t, "silence is noticed", func() bool { h.mu.Lock(); defer h.mu.Unlock(); return h.heard == 0 })
	if took := time.Since(paused); took > 20*time.Second {
		t.Errorf("silence is noticed after %v", took)
	}
	resume()
	h.waitGap(t, n, "not heard for a while")
	s.Do(t, "SET", "vec:3", "a")
	h.waitFor(t, "vec:3 there")
	s.Do(t, "CONFIG", "SET", notify, "")
	select {
	case err := <-h.ended:
		if !errors.Is(err, ErrSilent) {
			t.Error(err)
		}
		h.ended <- err
	case <-time.After(10 * time.Second):
		t.Error("that letters are taken away is not noticed")
	}
}

func TestWatch_FollowsACluster(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, 3, true, "--notify-keyspace-events", "KA")
	h := hear(t, c.URL(), false, "vec:")
	if h.primaries != 3 {
		t.Fatalf("%d primaries", h.primaries)
	}
	key := func(slot int) string { // of that slot
		for i := 0; ; i++ {
			k := fmt.Sprintf("vec:%d", i)
			if n := c.Primaries[0].Do(t, "CLUSTER", "KEYSLOT", k); n == fmt.Sprint(slot) {
				return k
			}
		}
	}
	a, b := c.Primaries[0], c.Primaries[1]
	slot := c.Slots(t, a)[0]
	k := key(slot)
	a.Do(t, "SET", k, "1")
	h.waitFor(t, k+" there")
	n := h.told()
	c.MoveSlot(t, slot, a, b)
	redistest.Eventually(t, "both sides of the move are told", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		all := strings.Join(h.events, "\n")
		return strings.Contains(all, k+" gone") && strings.Contains(all, k+" there")
	})
	moved := n
	h.told()
	b.Do(t, "DEL", k)
	h.waitFor(t, k+" gone")
	// A primary dies, and its replica takes over.
	last := c.Primaries[2]
	k = key(c.Slots(t, last)[0])
	n = h.told()
	last.Kill()
	replica := c.Replicas[2]
	c.AwaitPrimary(t, replica)
	redistest.Eventually(t, "the replica is heard", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.gaps) > n && h.primaries == 3 && h.heard == 3
	})
	redistest.Eventually(t, "it has keys", func() bool { _, err := replica.Try(t, "SET", k, "1"); return err == nil })
	h.waitFor(t, k+" there")
	h.waitGap(t, moved, "slots have moved")
}

func TestWatch_FollowsAFailoverOfSentinels(t *testing.T) {
	t.Parallel()
	w := redistest.StartWatched(t, 3, "--notify-keyspace-events", "KA")
	h := hear(t, w.URL(), false, "vec:")
	n := h.told()
	w.Primary.Kill()
	w.AwaitPrimary(t, w.Replica)
	redistest.Eventually(t, "the replica is heard", func() bool {
		if _, err := w.Replica.Try(t, "SET", "vec:1", "1"); err != nil {
			return false
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.gaps) > n && h.heard == 1 && h.primaries == 1 && len(h.events) > 0
	})
}

package store

import (
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// Prefixes that begin with each other are told of each event once.
func TestWatch_TellsOnce(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--notify-keyspace-events", "KA")
	h := hear(t, "redis://"+s.Addr, false, "vec:a:", "vec:", "vec:", "ve")
	s.Do(t, "SET", "vec:a:1", "x")
	s.Do(t, "DEL", "vec:a:1")
	s.Do(t, "SET", "ve2", "x")
	h.waitFor(t, "ve2 there")
	h.mu.Lock()
	defer h.mu.Unlock()
	if got := strings.Join(h.events, ", "); got != "vec:a:1 there, vec:a:1 gone, ve2 there" {
		t.Error(got)
	}
}

// A server that somebody has told to say less is set again, and what it did not tell is a gap.
func TestWatch_SetAgainIsAGap(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	h := hear(t, "redis://"+s.Addr, true, "vec:")
	n := h.told()
	s.Do(t, "CONFIG", "SET", notify, "")
	s.Do(t, "SET", "vec:1", "x")
	h.waitGap(t, n, "was changed")
	s.Do(t, "SET", "vec:2", "x")
	h.waitFor(t, "vec:2 there")
}

// Where nothing happens the server's answers tell that the connection is well: it is not made again and again.
func TestWatch_QuietIsNotDead(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--notify-keyspace-events", "KA")
	h := hear(t, "redis://"+s.Addr, false, "vec:")
	first := s.Do(t, "CLIENT", "LIST", "TYPE", "pubsub")
	id, _, _ := strings.Cut(first, " ")
	for began := time.Now(); time.Since(began) < deadAfter+time.Second; time.Sleep(100 * time.Millisecond) {
		if now := s.Do(t, "CLIENT", "LIST", "TYPE", "pubsub"); !strings.HasPrefix(now, id+" ") {
			t.Fatalf("%s is now %s", first, now)
		}
	}
	if n := h.told(); n != 1 {
		t.Errorf("%d gaps", n)
	}
}

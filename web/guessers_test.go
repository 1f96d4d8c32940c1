package web

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// slow looks at no password until whoever has given it goes.
type slow struct {
	anybody
	waiting *atomic.Int64
}

func (slow) NeedsPassword() bool { return true }

func (s slow) Authenticate(ctx context.Context, _ string) error {
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	<-ctx.Done()
	return ctx.Err()
}

// Those whose passwords wait to be looked at, be they all that there may be, keep no probe
// from asking; and those of them who had to go do not wait on, even if they send on.
func TestCrowd_GuessersMakeRoom(t *testing.T) {
	const most = 4
	var waiting atomic.Int64
	s := newTestServer(t, 1, Options{Connections: most})
	s.options.Visitor = func(net.Addr) Visitor { return slow{waiting: &waiting} }
	p := serveTest(t, s)
	var guessers []net.Conn
	for range most {
		c := p.dial()
		_, _ = fmt.Fprint(c, "GET /api/v1/state HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer guess\r\n\r\n") // else it does not come in
		guessers = append(guessers, c)
	}
	await := func(what string, n int64) {
		for deadline := time.Now().Add(time.Minute); waiting.Load() != n; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d %s", waiting.Load(), what)
			}
		}
	}
	await("have come in", most)
	for _, c := range guessers {
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		_, _ = c.Write([]byte("G")) // of the next request
	}
	for range most + 1 { // each of its own connection
		if got := askOver(t, p.dial(), "/healthz"); got != "HTTP/1.1 200 OK" {
			t.Fatalf("a probe is answered with %q", got)
		}
	}
	await("wait on who have been sent away", 0)
}

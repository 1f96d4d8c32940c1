package load

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// teller is a script of a number of requests of one kind. Its counters are looked at from outside while it is used.
type teller struct {
	command func(id uint64) []string
	most    uint64 // how many it has; 0: without end
	judge   func(*Request, *Reply) (Outcome, string)
	hold    *atomic.Bool // it has nothing at the moment; nil: it always has

	given, heard, lost, asked atomic.Uint64
}

func (a *teller) Fill(dst []byte, reqs []Request) ([]byte, int, State) {
	a.asked.Add(1)
	if a.hold != nil && a.hold.Load() {
		return dst, 0, Later
	}
	for i := range reqs {
		id := a.given.Load()
		if a.most > 0 && id == a.most {
			return dst, i, Ended
		}
		a.given.Add(1)
		reqs[i] = Request{ID: id, Mark: uint32(id) ^ 0xabcd}
		dst = a.Again(dst, &reqs[i])
	}
	return dst, len(reqs), More
}

func (a *teller) Again(dst []byte, r *Request) []byte {
	words := a.command(r.ID)
	dst = fmt.Appendf(dst, "*%d\r\n", len(words))
	for _, w := range words {
		dst = fmt.Appendf(dst, "$%d\r\n%s\r\n", len(w), w)
	}
	return dst
}

func (a *teller) Reply(r *Request, reply *Reply) (Outcome, string) {
	a.heard.Add(1)
	if r.Mark != uint32(r.ID)^0xabcd {
		return Wrong, "the request is not as it was given"
	}
	switch {
	case reply.Kind == '-':
		return Failed, ""
	case a.judge != nil:
		return a.judge(r, reply)
	case reply.Empty():
		return Miss, ""
	}
	return Done, ""
}

func (a *teller) Lost(*Request) bool {
	a.lost.Add(1)
	return false
}

func (a *teller) Describe(r *Request) string {
	words := a.command(r.ID)
	return words[0] + " " + words[1]
}

func words(w ...string) func(uint64) []string { return func(uint64) []string { return w } }

func dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr)
}

// started is a load on a server, and the scripts of its workers.
type started struct {
	*Load
	scripts []*teller
}

// begin starts a load of scripts that make makes. It is stopped at the test's end.
func begin(t testing.TB, addr string, c Config, make func() *teller) started {
	t.Helper()
	var scripts []*teller
	c.Addr, c.Dial, c.Kinds = addr, dialTCP, max(c.Kinds, 1)
	c.Script = func(int) Script {
		scripts = append(scripts, make())
		return scripts[len(scripts)-1]
	}
	l, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Stop(ended()) })
	return started{l, scripts}
}

// ended is a context that has ended.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func (s started) sum(what func(*teller) *atomic.Uint64) (n uint64) {
	for _, a := range s.scripts {
		n += what(a).Load()
	}
	return n
}

func given(a *teller) *atomic.Uint64 { return &a.given }
func heard(a *teller) *atomic.Uint64 { return &a.heard }
func lost(a *teller) *atomic.Uint64  { return &a.lost }

// all takes until the load has ended, and what is left then.
func (s started) all(t testing.TB) (all Stats) {
	t.Helper()
	<-s.Ended()
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s.Take()
}

// calls is how often a server has done a command.
func calls(t testing.TB, s *redistest.Server, command string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s.Do(t, "GET", command), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

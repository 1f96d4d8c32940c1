package commands

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/reconcile"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// server is an engine with its registry, without a network.
type server struct {
	*engine.Engine
	registry *tracker.Registry
}

// newServer returns a server whose trackers have limit bytes, 0 for any number.
func newServer(t testing.TB, limit int64) *server {
	t.Helper()
	return newServerWith(t, limit, Options{MaxCount: 65536, Version: "test"})
}

func newServerWith(t testing.TB, limit int64, options Options) *server {
	t.Helper()
	r, err := tracker.NewRegistry(tracker.Config{Width: tracker.DefaultWidth}, tracker.NewBudget(limit))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	sync := new(syncing)
	options.Sync = sync
	c := New(r, options)
	if sync.Reconciler, err = reconcile.New(reconcile.Options{Registry: r, Recorder: c.Recorder(), Settle: time.Second}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sync.Close)
	return &server{c.Engine, r}
}

// syncing is a Reconciler that commands know before it is there.
type syncing struct{ *reconcile.Reconciler }

// connect returns a connection whose replies go to out, and its session.
func (x *server) connect(out io.Writer) (*resp.Conn, resp.Session) {
	c := resp.NewConn(out)
	return c, x.Open(c)
}

// do runs a command line and returns the raw reply.
func do(x *server, line string) string {
	var out bytes.Buffer
	c, s := x.connect(&out)
	s.Serve(words(line))
	_ = c.Flush() // a buffer does not fail
	return out.String()
}

func TestHandlers_HotPathsDoNotAllocate(t *testing.T) {
	x := newServer(t, 0)
	c, session := x.connect(io.Discard)
	for _, line := range []string{
		"PT.ADD vec: 000000000049", "PT.ADD vec: 1 2 3 4 5", "PT.REM vec: 3", "PT.EXISTS vec: 49",
		"PT.CLAIM vec: 49", "PT.COUNT vec:", "PT.COUNT vec: RANGE 0 1000", "PT.CLAIMNEXT vec: RANGE 0 64",
		"PT.CLAIMNEXT vec: COUNT 64 RANGE 0 64 KEYS", "PT.TAKENEXT vec: COUNT 2", "PT.SCAN vec: 0 COUNT 10 KEYS", "PING",
	} {
		args := words(line)
		n := testing.AllocsPerRun(200, func() {
			session.Serve(args)
			_ = c.Flush()
		})
		if n != 0 {
			t.Errorf("%s: %v allocations", line, n)
		}
	}
}

// A refused command leaves no prefix behind and the budget as it was.
func TestHandlers_RefusedForMemoryChangesNothing(t *testing.T) {
	x := newServer(t, 100<<10)
	for _, line := range []string{
		"PT.ADDRANGE new: 0 281474976710656", "PT.ADDRANGE new: 0 1000000",
		"PT.ADD new: 1 300000 600000 900000 1200000", "PT.ADDRANGE new: 5000000000 5000600000",
	} {
		used := x.registry.Budget().Used()
		if got := do(x, line); !strings.HasPrefix(got, "-OOM ") {
			t.Errorf("%s: %q", line, got)
		}
		if x.registry.Len() != 0 || x.registry.Budget().Used() != used {
			t.Errorf("%s: %d prefixes, %d bytes used, before %d", line, x.registry.Len(), x.registry.Budget().Used(), used)
		}
	}
	if got := do(x, "PT.ADD there: 1"); got != ":1\r\n" {
		t.Fatal(got)
	}
	used := x.registry.Budget().Used()
	do(x, "PT.ADD there: 2 300000 600000 900000 1200000")
	if got := do(x, "PT.EXISTS there: 2"); got != ":0\r\n" || x.registry.Budget().Used() != used {
		t.Errorf("a refused PT.ADD changed something: %q, %d bytes used, before %d", got, x.registry.Budget().Used(), used)
	}
}

func BenchmarkAdd(b *testing.B)       { benchmarkLine(b, "PT.ADD vec: 000000000049") }
func BenchmarkExists(b *testing.B)    { benchmarkLine(b, "PT.EXISTS vec: 000000000049") }
func BenchmarkClaimNext(b *testing.B) { benchmarkLine(b, "PT.CLAIMNEXT vec:") }

func benchmarkLine(b *testing.B, line string) {
	x := newServer(b, 0)
	_, session := x.connect(io.Discard)
	args := words(line)
	b.ReportAllocs()
	for b.Loop() {
		session.Serve(args)
	}
}

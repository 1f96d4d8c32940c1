package engine

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// longReply is more than waits for the end of a command.
var longReply = strings.Repeat("x", 200_000)

// vocabulary is a few commands to try the engine with.
func vocabulary(waiting chan struct{}) []*Spec {
	ok := func(s *Session, _ [][]byte) error { s.OK(); return nil }
	return []*Spec{
		{Name: "READ", Arity: 2, Flags: []string{"readonly", "fast"}, FirstKey: 1, LastKey: 1, Step: 1, Run: ok},
		{Name: "WRITE", Arity: 2, Flags: []string{"write", "fast"}, FirstKey: 1, LastKey: 1, Step: 1, Run: func(s *Session, args [][]byte) error {
			s.Changed(string(args[0]))
			return ok(s, nil)
		}},
		// It replies with how many of its keys are yet to be told to those who listen.
		{Name: "WRITEMANY", Arity: 1, Flags: []string{"write"}, Run: func(s *Session, _ [][]byte) error {
			for i := range 3 * keepBroadcast {
				s.Changed(fmt.Sprint("k", i))
			}
			s.settle()
			s.SimpleString(fmt.Sprint(len(s.changes.broadcast)))
			return nil
		}},
		{Name: "FLUSH", Arity: 1, Flags: []string{"write"}, Run: func(s *Session, _ [][]byte) error {
			s.ChangedAll()
			return ok(s, nil)
		}},
		{Name: "WAIT", Arity: 1, Long: true, Run: func(s *Session, _ [][]byte) error {
			select {
			case <-waiting:
			case <-s.Ending():
			}
			return ok(s, nil)
		}},
		// The begin of its reply leaves while it is at work, as that of the next.
		{Name: "LONGREAD", Arity: 1, Flags: []string{"loading"}, Long: true, Run: func(s *Session, _ [][]byte) error {
			s.BulkString(longReply)
			select {
			case <-waiting:
			case <-s.Ending():
			}
			return nil
		}},
		{Name: "LONGWRITE", Arity: 2, Flags: []string{"write"}, FirstKey: 1, LastKey: 1, Step: 1, Long: true, Run: func(s *Session, args [][]byte) error {
			s.Changed(string(args[0]))
			s.Array(2)
			s.BulkString(longReply)
			select {
			case <-waiting:
			case <-s.Ending():
			}
			s.BulkString("")
			return nil
		}},
		{Name: "PANICWRITE", Arity: 2, Flags: []string{"write"}, FirstKey: 1, LastKey: 1, Step: 1, Run: func(s *Session, args [][]byte) error {
			s.Changed(string(args[0]))
			panic("on purpose")
		}},
		{Name: "TRACK", Arity: 1, Long: true, Run: func(s *Session, _ [][]byte) error {
			s.Conn.SetProtocol(3)
			s.Track(Tracking{Mode: TrackOptIn})
			return ok(s, nil)
		}},
		{Name: "LISTEN", Arity: 1, Long: true, Run: func(s *Session, _ [][]byte) error {
			s.Conn.SetProtocol(3)
			s.Track(Tracking{Mode: TrackBroadcast, Prefixes: []string{""}})
			return ok(s, nil)
		}},
		{Name: "MONITOR", Arity: 1, Long: true, Run: func(s *Session, _ [][]byte) error {
			err := ok(s, nil)
			s.Monitor()
			return err
		}},
		{Name: "KEPT", Arity: 1, Run: func(s *Session, _ [][]byte) error { s.SimpleString(fmt.Sprint(s.reader.kept)); return nil }},
		{Name: "ONLOOP", Arity: 1, Run: func(s *Session, _ [][]byte) error { s.SimpleString(fmt.Sprint(s.OnLoop())); return nil }},
		{Name: "UNTRACK", Arity: 1, Run: func(s *Session, _ [][]byte) error { s.Untrack(); return ok(s, nil) }},
		{Name: "KEEP", Arity: 1, Run: func(s *Session, _ [][]byte) error {
			if !s.Announce() {
				return ErrSyntax
			}
			return ok(s, nil)
		}},
		{Name: "PANIC", Arity: -1, Flags: []string{"loading"}, Args: []*Arg{{Name: "word", Token: "WORD", Optional: true}}, Run: func(*Session, [][]byte) error { panic("on purpose") }},
		{Name: "OPTIONS", Arity: -1, Args: []*Arg{{Name: "word", Token: "WORD", Optional: true}}, Run: ok},
		{Name: "MULTI", Arity: 1, Flags: []string{"fast", "loading"}, Immediate: true, Run: func(s *Session, _ [][]byte) error {
			if err := s.Multi(); err != nil {
				return err
			}
			return ok(s, nil)
		}},
		{Name: "EXEC", Arity: 1, Flags: []string{"loading"}, Immediate: true, Run: func(s *Session, _ [][]byte) error { return s.Exec() }},
	}
}

type noState struct{}

func (noState) EndBatch()           {}
func (noState) Note(*journal.Batch) {}
func (noState) Close()              {}

// serve starts a server of the vocabulary with one event loop, where there are
// any, and returns its engine and its address.
func serve(t *testing.T, waiting chan struct{}) (*Engine, string) {
	t.Helper()
	e, addr, _ := serveLoading(t, waiting)
	e.Loaded()
	return e, addr
}

// serveLoading is serve with an engine that has not loaded yet.
func serveLoading(t *testing.T, waiting chan struct{}) (*Engine, string, *resp.Server) {
	t.Helper()
	e := New(Config{
		Specs: vocabulary(waiting), LongestKey: 10, Loading: true,
		Open:   func(*Session) State { return noState{} },
		Phrase: func(err error) Error { return Error("ERR " + err.Error()) },
	})
	config := resp.DefaultConfig()
	config.Loops = min(config.Loops, 1)
	server := resp.NewServer(e, zerolog.Nop(), config)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	t.Cleanup(func() {
		if err := server.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return e, ln.Addr().String(), server
}

type peer struct {
	net.Conn
	t *testing.T
}

func dial(t *testing.T, addr string) peer {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return peer{c, t}
}

// say sends inline commands.
func (p peer) say(lines ...string) {
	p.t.Helper()
	if _, err := p.Write([]byte(strings.Join(lines, "\r\n") + "\r\n")); err != nil {
		p.t.Fatal(err)
	}
}

// hear wants exactly these bytes next; \n stands for a line's end.
func (p peer) hear(want string) {
	p.t.Helper()
	want = strings.ReplaceAll(want, "\n", "\r\n")
	got := make([]byte, 0, len(want))
	_ = p.SetReadDeadline(time.Now().Add(30 * time.Second))
	for len(got) < len(want) {
		n, err := p.Read(got[len(got):len(want)])
		got = got[:len(got)+n]
		if err != nil || !strings.HasPrefix(want, string(got)) {
			p.t.Fatalf("heard %q, %v, want %q", got, err, want)
		}
	}
}

func (p peer) do(line, want string) {
	p.t.Helper()
	p.say(line)
	p.hear(want + "\n")
}

func invalidate(key string) string {
	return fmt.Sprintf(">2\n$10\ninvalidate\n*1\n$%d\n%s\n", len(key), key)
}

// Who keeps a reply is told of a change before anything comes behind it, also while
// the batch of who made the change is still at work.
func TestSettle_AtOnce(t *testing.T) {
	waiting := make(chan struct{})
	_, addr := serve(t, waiting)
	reader, writer := dial(t, addr), dial(t, addr)
	reader.do("TRACK", "+OK")
	reader.do("KEEP", "+OK")
	reader.do("READ k", "+OK")
	writer.do("TRACK", "+OK") // it leaves its loop, where a batch would end before WAIT
	writer.say("WRITE k", "WAIT")
	reader.hear(invalidate("k"))
	close(waiting)
	writer.hear("+OK\n+OK\n")
}

// No byte of a reply leaves before those are told who keep what the command has changed so far, though it is at
// work still; and a handler that panics has changed what it has changed.
func TestSettle_BeforeTheReply(t *testing.T) {
	waiting := make(chan struct{})
	_, addr := serve(t, waiting)
	reader, writer := dial(t, addr), dial(t, addr)
	reader.do("TRACK", "+OK")
	reader.do("KEEP", "+OK")
	reader.do("READ k", "+OK")
	writer.say("LONGWRITE k")
	writer.hear("*2\n$200000\n")
	reader.hear(invalidate("k"))
	close(waiting)
	writer.hear(longReply + "\n$0\n\n")

	reader.do("KEEP", "+OK")
	reader.do("READ k", "+OK")
	writer.do("PANICWRITE k", "-ERR internal error")
	reader.hear(invalidate("k"))
}

// Only what is announced is watched, once, and no longer than that.
func TestCaching_WatchesWhatIsAnnounced(t *testing.T) {
	e, addr := serve(t, nil)
	c := dial(t, addr)
	watched := func() int64 { return e.caches.watched.Load() }
	c.do("TRACK", "+OK")
	c.do("READ a", "+OK")
	if n := watched(); n != 0 {
		t.Errorf("%d keys are watched before anything is announced", n)
	}
	c.do("KEEP", "+OK")
	c.do("READ a", "+OK")
	c.do("READ b", "+OK")
	c.do("KEEP", "+OK")
	c.do("READ 12345678901", "+OK") // longer than any key
	if n := watched(); n != 1 {
		t.Errorf("%d keys are watched", n)
	}
	c.do("KEEP", "+OK")
	c.say("MULTI", "READ c", "READ d", "EXEC")
	c.hear("+OK\n+QUEUED\n+QUEUED\n*2\n+OK\n+OK\n")
	c.do("READ e", "+OK")
	if n := watched(); n != 3 {
		t.Errorf("%d keys are watched after a transaction", n)
	}
	c.do("UNTRACK", "+OK")
	if n := watched(); n != 0 || len(e.caches.watching) != 0 {
		t.Errorf("%d keys are watched by %d who watch nothing", n, len(e.caches.watching))
	}
}

// A flush tells each reader once, and nothing that was watched before it is kept.
func TestCaching_Flush(t *testing.T) {
	e, addr := serve(t, nil)
	reader, writer := dial(t, addr), dial(t, addr)
	reader.do("TRACK", "+OK")
	for i := range 600 { // more than are forgotten at once
		reader.do("KEEP", "+OK")
		reader.do(fmt.Sprint("READ ", i), "+OK")
	}
	writer.do("FLUSH", "+OK")
	reader.hear(">2\n$10\ninvalidate\n_\n")
	writer.do("WRITE 5", "+OK")
	reader.do("KEEP", "+OK")
	reader.do("READ new", "+OK")
	e.caches.mu.Lock()
	for s := range e.caches.watching {
		if n := len(s.reader.keys); n != 1 {
			t.Errorf("%d keys of a reader are kept", n)
		}
	}
	e.caches.mu.Unlock()
	writer.do("WRITE new", "+OK")
	reader.hear(invalidate("new"))

	// Who ends is forgotten, however much he watches.
	for i := range 600 {
		reader.do("KEEP", "+OK")
		reader.do(fmt.Sprint("READ ", i), "+OK")
	}
	_ = reader.Close()
	for deadline := time.Now().Add(30 * time.Second); e.caches.watched.Load() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d keys are watched by nobody", e.caches.watched.Load())
		}
	}
	if n := e.caches.clients.Load(); n != 0 {
		t.Errorf("%d clients track", n)
	}
}

// A transaction of what may wait does not wait on the loop of others.
func TestExec_LeavesTheLoopWithLongCommands(t *testing.T) {
	if resp.DefaultLoops() == 0 {
		t.Skip("event loops are there on Linux")
	}
	waiting := make(chan struct{})
	_, addr := serve(t, waiting)
	c, other := dial(t, addr), dial(t, addr)
	other.do("READ a", "+OK")
	c.say("MULTI", "WAIT", "READ a", "EXEC")
	c.hear("+OK\n+QUEUED\n+QUEUED\n")
	for range 3 { // the loop would be in WAIT by then
		other.do("READ a", "+OK")
	}
	close(waiting)
	c.hear("*2\n+OK\n+OK\n")
}

// A session keeps no word of a command that has ended, however it has.
func TestOptions_AreForgotten(t *testing.T) {
	var opened *Session
	e := New(Config{Specs: vocabulary(nil), Open: func(s *Session) State { opened = s; return noState{} }, Phrase: func(err error) Error { return ErrSyntax }})
	s := e.Open(resp.NewConn(new(strings.Builder)))
	for _, name := range []string{"OPTIONS", "PANIC"} {
		func() {
			defer func() { _ = recover() }()
			s.Serve([][]byte{[]byte(name), []byte("WORD"), []byte("x")})
		}()
		s.EndBatch()
		if opened.Options == nil || opened.Options.args != nil || opened.Options.given != 0 {
			t.Errorf("%s: %+v is kept", name, opened.Options)
		}
	}
}

// Calls are counted exactly, however they are grouped.
func TestMeter_CountsAll(t *testing.T) {
	e := New(Config{Specs: vocabulary(nil), Open: func(*Session) State { return noState{} }, Phrase: func(error) Error { return ErrSyntax }})
	s := e.Open(resp.NewConn(new(strings.Builder)))
	read, write := [][]byte{[]byte("read"), []byte("k")}, [][]byte{[]byte("WRITE"), []byte("k")}
	for range 3*groupSize + 5 {
		s.Serve(read)
	}
	if n := e.Find([]byte("READ")).Numbers().Read("").Calls; n != 3*groupSize {
		t.Errorf("%d calls are counted in the middle of a batch, want whole groups: %d", n, 3*groupSize)
	}
	s.Serve(write)
	s.EndBatch()
	for name, want := range map[string]uint64{"READ": 3*groupSize + 5, "WRITE": 1} {
		if m := e.Find([]byte(name)).Numbers().Read(""); m.Calls != want || m.Latency.Total != want {
			t.Errorf("%s: %d calls, %d in the histogram, want %d", name, m.Calls, m.Latency.Total, want)
		}
	}
}

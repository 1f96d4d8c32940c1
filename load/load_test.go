package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// What is sent, answered and seen is the same number, to the one, however it is spread over clients and threads.
func TestLoad_CountsAreExact(t *testing.T) {
	server := redistest.Start(t)
	for i, c := range []Config{
		{Clients: 1, Threads: 1, Pipeline: 1},
		{Clients: 7, Threads: 1, Pipeline: 16},
		{Clients: 5, Threads: 2, Pipeline: 3},
		{Clients: 50, Threads: 3, Pipeline: 100},
		{Clients: 9, Threads: 2, Pipeline: 4, Rate: 20_000},
		{Clients: 1, Threads: 1, Pipeline: 1, Rate: 20_000},
	} {
		const each = 3001 // of a worker: no multiple of a pipeline
		key := fmt.Sprint("counter", i)
		l := begin(t, server.Addr, c, func() *teller { return &teller{command: words("INCR", key), most: each} })
		s := l.all(t)
		want := uint64(each * c.Threads)
		k := &s.Kinds[0]
		if n := calls(t, server, key); n != want || s.Sent != want || k.Outcomes[Done] != want || k.Replies() != want || uint64(k.Latency.TotalCount()) != want {
			t.Errorf("%+v: the server did %d of %d, sent %d, done %d, %d replies, %d latencies", c, n, want, s.Sent, k.Outcomes[Done], k.Replies(), k.Latency.TotalCount())
		}
		if s.Backlog != 0 || s.Behind != 0 || len(k.Faults) != 0 || l.sum(lost) != 0 {
			t.Errorf("%+v: backlog %d, behind %v, faults %v, lost %d", c, s.Backlog, s.Behind, k.Faults, l.sum(lost))
		}
		if again := l.Take(); again.Sent != 0 {
			t.Errorf("%+v: taken twice", c)
		}
	}
}

// Takes by several at once, beside a stop, divide what was seen among them.
func TestLoad_TakesDivideWhatWasSeen(t *testing.T) {
	server := redistest.Start(t)
	before, threads := goleak.IgnoreCurrent(), runtime.GOMAXPROCS(0)
	l := begin(t, server.Addr, Config{Clients: 20, Threads: 2, Pipeline: 5}, func() *teller { return &teller{command: words("INCR", "n")} })
	if now := runtime.GOMAXPROCS(0); now != threads+2 {
		t.Errorf("%d goroutines may run, before %d: a worker keeps its place while it waits", now, threads)
	}
	var (
		takers        sync.WaitGroup
		sent, replies atomic.Uint64
		stop          atomic.Bool
		takes         [4]atomic.Uint64
	)
	take := func() {
		s := l.Take()
		sent.Add(s.Sent)
		if len(s.Kinds) > 0 {
			replies.Add(s.Kinds[0].Replies())
		}
	}
	for i := range takes {
		takers.Go(func() {
			for !stop.Load() {
				take()
				takes[i].Add(1)
			}
		})
	}
	for i := range takes {
		redistest.Eventually(t, "takes while the load runs", func() bool { return takes[i].Load() > 20 })
	}
	if err := l.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	stop.Store(true)
	takers.Wait()
	take()
	n := calls(t, server, "n")
	if n == 0 || sent.Load() != n || replies.Load() != n || l.sum(given) != n {
		t.Errorf("the server did %d; %d sent, %d replies, %d given", n, sent.Load(), replies.Load(), l.sum(given))
	}
	if err := l.Stop(t.Context()); err != nil {
		t.Errorf("stopped twice: %v", err)
	}
	if now := runtime.GOMAXPROCS(0); now != threads {
		t.Errorf("%d goroutines may run, before %d", now, threads)
	}
	server.Client(t).Close()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// Who asked before a worker's end has what was given to him, and the next who asks has the rest.
func TestWorker_GivesAllBeforeAndAfterItsEnd(t *testing.T) {
	for range 100 { // where two are ready, select takes either
		w := &worker{done: make(chan struct{}), rest: make(chan *Stats, 1)}
		first, second, third := make(chan *Stats, 1), make(chan *Stats, 1), make(chan *Stats, 1)
		first <- &Stats{Sent: 1}
		w.rest <- &Stats{Sent: 2}
		close(w.done)
		if s := w.given(first); s == nil || s.Sent != 1 {
			t.Fatal(s)
		}
		if s := w.given(second); s == nil || s.Sent != 2 {
			t.Fatal(s)
		}
		if s := w.given(third); s != nil {
			t.Fatal(s)
		}
	}
}

// A stop does not wait for a server that does not answer longer than it is told to, and tells what is on its way.
func TestLoad_StopLeavesWhatIsNotAnswered(t *testing.T) {
	server := redistest.Start(t)
	before := goleak.IgnoreCurrent()
	l := begin(t, server.Addr, Config{Clients: 4, Threads: 2, Pipeline: 8}, func() *teller { return &teller{command: words("INCR", "n")} })
	redistest.Eventually(t, "replies", func() bool { return l.sum(heard) > 1000 })
	resume := server.Pause()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := l.Stop(ctx); err != nil {
		t.Error(err)
	}
	resume()
	given, heard, lost := l.sum(given), l.sum(heard), l.sum(lost)
	if lost == 0 || lost > 4*8 || given != heard+lost {
		t.Errorf("%d given, %d heard, %d lost", given, heard, lost)
	}
	s := l.Take()
	if f := s.Kinds[0].Faults[FaultLost]; s.Sent != given || s.Kinds[0].Replies() != heard || f == nil || f.Count != lost || f.First != "INCR n" {
		t.Errorf("%d sent, %d replies, faults %v", s.Sent, s.Kinds[0].Replies(), f)
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// Without patience the end of a server is the load's.
func TestLoad_EndsWithItsServer(t *testing.T) {
	server := redistest.Start(t)
	before := goleak.IgnoreCurrent()
	l := begin(t, server.Addr, Config{Clients: 6, Threads: 2, Pipeline: 8}, func() *teller { return &teller{command: words("INCR", "n")} })
	redistest.Eventually(t, "replies", func() bool { return l.sum(heard) > 1000 })
	server.Kill()
	<-l.Ended()
	if err := l.Stop(t.Context()); err == nil || !strings.Contains(err.Error(), server.Addr) {
		t.Error(err)
	}
	s := l.Take()
	f := s.Kinds[0].Faults[FaultLost]
	if given, heard, lost := l.sum(given), l.sum(heard), l.sum(lost); f == nil || f.Count != lost || given != heard+lost || s.Sent != given || s.Kinds[0].Replies() != heard {
		t.Errorf("%d given, %d heard, %d lost; %d sent, %d replies, faults %v", given, heard, lost, s.Sent, s.Kinds[0].Replies(), f)
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// A start that fails leaves nothing, whatever of it had succeeded.
func TestStart_FailsAsAWhole(t *testing.T) {
	server := redistest.Start(t)
	before := goleak.IgnoreCurrent()
	broken := errors.New("no more")
	var dials atomic.Int64
	c := Config{Clients: 40, Threads: 3, Pipeline: 1, Kinds: 1, Addr: server.Addr, Script: func(int) Script { return &teller{command: words("PING", "x")} }}
	made := make(chan net.Conn, c.Clients)
	c.Dial = func(ctx context.Context, addr string) (net.Conn, error) {
		if dials.Add(1) == 35 {
			return nil, broken
		}
		nc, err := dialTCP(ctx, addr)
		if err == nil {
			made <- nc
		}
		return nc, err
	}
	if _, err := Start(t.Context(), c); !errors.Is(err, broken) {
		t.Error(err)
	}
	for close(made); len(made) > 0; {
		if err := (<-made).SetDeadline(time.Time{}); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a connection is open: %v", err)
		}
	}
	c.Dial = dialTCP
	if _, err := Start(ended(), c); err == nil {
		t.Error("started with a context that has ended")
	}
	for _, bad := range []func(*Config){
		func(c *Config) { c.Clients = 0 }, func(c *Config) { c.Threads = 0 }, func(c *Config) { c.Threads = 41 },
		func(c *Config) { c.Pipeline = 0 }, func(c *Config) { c.Kinds = 0 }, func(c *Config) { c.Rate = -1 },
	} {
		c := c
		bad(&c)
		if _, err := Start(t.Context(), c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	server.Client(t).Close()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// Requests larger than a socket takes at once arrive whole, and replies larger than a read are read whole.
func TestLoad_HugeRequestsAndReplies(t *testing.T) {
	server := redistest.Start(t)
	value := strings.Repeat("0123456789abcdef", 1<<19) // 8 MiB
	l := begin(t, server.Addr, Config{Clients: 2, Threads: 1, Pipeline: 2}, func() *teller {
		return &teller{command: func(id uint64) []string { return []string{"SET", fmt.Sprint("k", id), value} }, most: 5}
	})
	if s := l.all(t); s.Kinds[0].Outcomes[Done] != 5 {
		t.Errorf("set %v", s.Kinds[0].Outcomes)
	}
	for _, bodies := range []bool{true, false} {
		l := begin(t, server.Addr, Config{Clients: 3, Threads: 1, Pipeline: 2, Bodies: bodies}, func() *teller {
			return &teller{
				command: func(id uint64) []string { return []string{"GET", fmt.Sprint("k", id)} }, most: 6,
				judge: func(r *Request, reply *Reply) (Outcome, string) {
					switch {
					case reply.Null:
						return Miss, ""
					case reply.Length != int64(len(value)), bodies && string(reply.Text) != value, !bodies && reply.Text != nil:
						return Wrong, "not the value"
					}
					return Hit, ""
				},
			}
		})
		if s := l.all(t); s.Kinds[0].Outcomes[Hit] != 5 || s.Kinds[0].Outcomes[Miss] != 1 {
			t.Errorf("bodies %v: %v, faults %v", bodies, s.Kinds[0].Outcomes, s.Kinds[0].Faults)
		}
	}
}

// A server that sends what nobody asked for, or no protocol at all, is not believed.
func TestLoad_ServersThatSpeakOutOfTurn(t *testing.T) {
	for _, c := range []struct{ reply, say string }{
		{"+OK\r\n+OK\r\n+OK\r\n", "a reply to no request"},
		{"HTTP/1.1 400 Bad Request\r\n", "unexpected line"},
		{"$5\r\nabcdefgh", "longer than it says"},
	} {
		addr := speaking(t, c.reply)
		l := begin(t, addr, Config{Clients: 1, Threads: 1, Pipeline: 2}, func() *teller { return &teller{command: words("PING", "x")} })
		<-l.Ended()
		if err := l.Stop(t.Context()); err == nil || !strings.Contains(err.Error(), c.say) || !strings.Contains(err.Error(), addr) {
			t.Errorf("%q: %v", c.reply, err)
		}
	}
}

// speaking is a server that says something to whoever has said something, and nothing more.
func speaking(t *testing.T, text string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() { l.Close(); serving.Wait() })
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				if _, err := c.Read(make([]byte, 1)); err != nil {
					return
				}
				if _, err := io.WriteString(c, text); err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, c)
			})
		}
	})
	return l.Addr().String()
}

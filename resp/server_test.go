package resp_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

type handlerFunc func(c *resp.Conn, args [][]byte)

func (f handlerFunc) Open(c *resp.Conn) resp.Session { return funcSession{c, f} }

// funcSession is a session of a handlerFunc.
type funcSession struct {
	c *resp.Conn
	f handlerFunc
}

func (s funcSession) Serve(args [][]byte) { s.f(s.c, args) }
func (funcSession) Settle()               {}
func (funcSession) Note(*journal.Batch)   {}
func (funcSession) EndBatch()             {}
func (funcSession) Close()                {}

// syncBuffer is a log that a test may read while the server writes.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// eachTransport runs a test with event loops, where there are any, and with
// redcon.
func eachTransport(t *testing.T, test func(t *testing.T, loops int)) {
	t.Parallel()
	for name, loops := range map[string]int{"loops": resp.DefaultLoops(), "redcon": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, loops)
		})
	}
}

// start serves h on loopback until the test ends.
func start(t *testing.T, loops int, h handlerFunc) (server *resp.Server, addr string, log *syncBuffer) {
	t.Helper()
	return serve(t, loops, h)
}

// serve is start for any handler, with another configuration than the default.
func serve(t *testing.T, loops int, h resp.Handler, change ...func(*resp.Config)) (server *resp.Server, addr string, log *syncBuffer) {
	t.Helper()
	log = new(syncBuffer)
	config := resp.DefaultConfig()
	config.Loops = loops
	for _, c := range change {
		c(&config)
	}
	server = resp.NewServer(h, zerolog.New(log), config)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return server, ln.Addr().String(), log
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

func dial(t *testing.T, addr string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c, bufio.NewReader(c)
}

func send(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, r io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(r, got); err != nil || string(got) != want {
		t.Fatalf("got %q (%v), want %q", got[:n], err, want)
	}
}

func TestServer_PanicAnswersAndLivesOn(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		server, addr, log := start(t, loops, func(c *resp.Conn, args [][]byte) {
			switch string(args[0]) {
			case "BOOM":
				c.Array(2)
				c.Int(1)
				panic("seeded")
			case "BOOMLATE":
				for range 10_000 {
					c.BulkString("a reply that is sent before its end")
				}
				panic("seeded late")
			default:
				c.OK()
			}
		})
		c, r := dial(t, addr)
		send(t, c, "BOOM\r\nHELLO\r\n")
		expect(t, r, "-ERR internal error\r\n+OK\r\n")
		if s := log.String(); !strings.Contains(s, "seeded") || !strings.Contains(s, "server_test.go") {
			t.Errorf("the log has no stack: %s", s)
		}
		send(t, c, "BOOMLATE\r\nHELLO\r\n")
		rest, err := io.ReadAll(r)
		if err != nil || !strings.HasSuffix(string(rest), "-ERR internal error\r\n") {
			t.Errorf("a half-sent reply must end in the error and the connection's end: %q, %v", rest[max(0, len(rest)-60):], err)
		}
		if p := figuresOf(server).Traffic.Panics; p != 2 {
			t.Errorf("%d panics counted", p)
		}
		c2, r2 := dial(t, addr)
		send(t, c2, "HELLO\r\n")
		expect(t, r2, "+OK\r\n")
	})
}

func TestServer_NothingIsExecutedAfterTheLastReply(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		ran := make(chan string, 10)
		_, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			ran <- string(args[0])
			c.OK()
			if string(args[0]) == "QUIT" {
				c.CloseAfterReply()
			}
		})
		c, r := dial(t, addr)
		send(t, c, "ONE\r\nQUIT\r\nTWO\r\nTHREE\r\n")
		if rest, err := io.ReadAll(r); err != nil || string(rest) != "+OK\r\n+OK\r\n" {
			t.Fatalf("%q, %v", rest, err)
		}
		if len(ran) != 2 {
			t.Fatalf("%d commands ran", len(ran))
		}
	})
}

func TestServer_ShutdownFinishesWhatRuns(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		entered, leave := make(chan struct{}), make(chan struct{})
		server, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			if c.LeaveLoop() {
				return
			}
			close(entered)
			<-leave
			c.OK()
		})
		busy, r := dial(t, addr)
		_, idle := dial(t, addr)
		send(t, busy, "WORK\r\n")
		<-entered
		for len(server.Conns()) < 2 { // or the idle one is still the kernel's, which would reset it
			time.Sleep(time.Millisecond)
		}
		done := make(chan error, 1)
		go func() { done <- server.Shutdown(context.Background()) }()
		if _, err := idle.ReadByte(); err != io.EOF {
			t.Fatalf("the idle connection: %v", err)
		}
		select {
		case <-done:
			t.Fatal("Shutdown did not wait")
		default:
		}
		close(leave)
		expect(t, r, "+OK\r\n")
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

func TestServer_ShutdownCutsOffAtItsDeadline(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		entered, leave := make(chan struct{}), make(chan struct{})
		server, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			close(entered)
			<-leave
		})
		c, r := dial(t, addr)
		send(t, c, "WORK\r\n")
		<-entered
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := server.Shutdown(ctx); err != context.Canceled {
			t.Fatal(err)
		}
		if _, err := r.ReadByte(); err == nil {
			t.Fatal("the connection is still there")
		}
		close(leave)
	})
}

// Every executed command's reply must reach a client that reads slowly and has
// sent more than the server will read: closing with unread input would reset
// the connection and drop what is on its way.
func TestServer_ShutdownLosesNoReply(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		var executed atomic.Int64
		reply := strings.Repeat("x", 10_000)
		server, addr, _ := start(t, loops, func(c *resp.Conn, args [][]byte) {
			executed.Add(1)
			c.BulkString(reply)
		})
		c, r := dial(t, addr)
		go func() { // ends when the server has closed the connection
			for {
				if _, err := io.WriteString(c, strings.Repeat("WORK\r\n", 100)); err != nil {
					return
				}
			}
		}()
		one := len("$10000\r\n") + len(reply) + len("\r\n")
		if _, err := io.ReadFull(r, make([]byte, one)); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- server.Shutdown(context.Background()) }()
		rest, err := io.Copy(io.Discard, slow{r})
		if got := rest + int64(one); err != nil || got != executed.Load()*int64(one) {
			t.Errorf("%d replies (%d bytes over), %v; %d commands were executed", got/int64(one), got%int64(one), err, executed.Load())
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// slow reads a little at a time and lets others run in between.
type slow struct{ io.Reader }

func (s slow) Read(p []byte) (int, error) {
	time.Sleep(time.Millisecond)
	return s.Reader.Read(p[:min(len(p), 16<<10)])
}

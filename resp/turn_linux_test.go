package resp

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"
)

// echo answers a command with its name. LEAVE leaves its loop.
type echo struct{ c *Conn }

func (echo) Open(c *Conn) Session { return echo{c} }
func (e echo) Serve(args [][]byte) {
	if string(args[0]) != "LEAVE" || !e.c.LeaveLoop() {
		e.c.SimpleString(string(args[0]))
	}
}
func (echo) Settle()             {}
func (echo) Note(*journal.Batch) {}
func (echo) EndBatch()           {}
func (echo) Close()              {}

// halted is a server whose loop does what a test says, step by step, until the test has it run.
func halted(t *testing.T) (*Server, *loop) {
	t.Helper()
	s := NewServer(echo{}, zerolog.Nop(), DefaultConfig())
	l, err := s.newLoop()
	if err != nil {
		t.Fatal(err)
	}
	s.mu.loops = append(s.mu.loops, l)
	return s, l
}

// goOn has the loop run until the test ends.
func (l *loop) goOn(t *testing.T) {
	go l.run(make(chan struct{}))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := l.server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
}

// client connects one to the loop.
func (l *loop) client(t *testing.T) (lc *loopConn, client *net.TCPConn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	nc, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	if err := nc.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := nc.(*net.TCPConn).SetReadBuffer(16 << 10); err != nil { // or it would grow
		t.Fatal(err)
	}
	accepted, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	l.server.admit(accepted, true, func(c *Conn) link {
		if lc, err = l.carry(c, accepted); err != nil {
			t.Fatal(err)
		}
		return lc
	})
	_ = accepted.Close() // lc has its own descriptor
	if err := unix.SetsockoptInt(lc.number, unix.SOL_SOCKET, unix.SO_SNDBUF, 64<<10); err != nil {
		t.Fatal(err)
	}
	l.enter(lc)
	if err := l.watch(unix.EPOLL_CTL_ADD, lc, input); err != nil {
		t.Fatal(err)
	}
	return lc, nc.(*net.TCPConn)
}

// readNext has the loop read from lc when there is something to read.
func (lc *loopConn) readNext(t *testing.T, what int16) {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(lc.number), Events: what}}
	if n, err := unix.Poll(fds, 20_000); n != 1 || err != nil {
		t.Fatalf("nothing comes: %v", err)
	}
	lc.read()
}

// fill gives the socket of lc as much as it takes and returns that. The kernel
// needs a moment to move what it has got to the client's side.
func (lc *loopConn) fill() []byte {
	all := bytes.Repeat([]byte("~"), 8<<20)
	n := 0
	for refused := 0; refused < 10; {
		k, errno := rawWrite(lc.number, all[n:min(n+4096, len(all))])
		if errno == 0 {
			n, refused = n+k, 0
		} else {
			refused++
			time.Sleep(time.Millisecond)
		}
	}
	return all[:n]
}

// The replies of a turn to a client that ends its side leave however late it reads them.
func TestTurn_EndsWithItsRepliesWhenTheyAreRead(t *testing.T) {
	s, l := halted(t)
	lc, client := l.client(t)
	if _, err := io.WriteString(client, "FIRST\r\nLAST\r\n"); err != nil {
		t.Fatal(err)
	}
	lc.readNext(t, unix.POLLIN)
	before := lc.fill()
	if err := client.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	lc.readNext(t, unix.POLLRDHUP)
	l.goOn(t)
	all, err := io.ReadAll(client)
	if want := "+FIRST\r\n+LAST\r\n"; err != nil || len(all) < len(before) || string(all[len(before):]) != want {
		t.Errorf("%d bytes come, %v, want %d and %q", len(all), err, len(before), want)
	}
	for len(s.Conns()) > 0 {
		time.Sleep(time.Millisecond)
	}
}

// A connection that leaves its loop gets the replies before that from the loop, the others from its
// goroutine, in order and never from both at once.
func TestTurn_LeavesBehindItsReplies(t *testing.T) {
	_, l := halted(t)
	lc, client := l.client(t)
	r := bufio.NewReader(client)
	for _, say := range []string{"ONE\r\n", "TWO\r\n", "LEAVE\r\nTHREE\r\n"} {
		if _, err := io.WriteString(client, say); err != nil {
			t.Fatal(err)
		}
		lc.readNext(t, unix.POLLIN)
	}
	for _, want := range []string{"+ONE\r\n", "+TWO\r\n", "+LEAVE\r\n", "+THREE\r\n"} {
		if line, err := r.ReadString('\n'); err != nil || line != want {
			t.Fatalf("%q comes, %v, want %q", line, err, want)
		}
	}
	l.goOn(t)
}

// A connection that ends in the middle of a turn takes what is held for others along, to them.
func TestTurn_EndsAmidOthers(t *testing.T) {
	_, l := halted(t)
	one, client := l.client(t)
	other, gone := l.client(t)
	for _, c := range []net.Conn{client, gone} {
		if _, err := io.WriteString(c, "HI\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	one.readNext(t, unix.POLLIN)
	other.readNext(t, unix.POLLIN)
	if err := gone.SetLinger(0); err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	other.readNext(t, unix.POLLIN|unix.POLLHUP)
	l.closeParting(forever)
	if !other.closed || len(l.outbox.parts) != 0 {
		t.Errorf("closed: %t, %d replies are held", other.closed, len(l.outbox.parts))
	}
	got := make([]byte, len("+HI\r\n"))
	if _, err := io.ReadFull(client, got); err != nil || string(got) != "+HI\r\n" {
		t.Errorf("%q, %v", got, err)
	}
	l.goOn(t)
}

// A client that takes a part of what its socket has is active, although the socket has no room for more
// yet; one that does not is refused when its time has come.
func TestTurn_TakingIsActivity(t *testing.T) {
	s, l := halted(t)
	const limit = time.Hour
	s.config.Write = limit
	lc, client := l.client(t)
	lc.fill()
	lc.uptake.given = 1 << 20 // whatever it was
	lc.client.deliver(bytes.Repeat([]byte("~"), 100_000), journal.Gate{})
	lc.after()
	queued := func() int {
		n, err := unix.IoctlGetInt(lc.number, unix.SIOCOUTQ)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 3 {
		lc.checkTime() // notes how much there is
		l.now += limit
		for before := queued(); queued() == before; {
			if _, err := io.ReadFull(client, make([]byte, 1000)); err != nil {
				t.Fatal(err)
			}
		}
		if lc.checkTime(); lc.closed {
			t.Fatal("it has taken something and is closed")
		}
	}
	l.now += limit - 1
	if lc.checkTime(); lc.closed {
		t.Fatal("it is closed too soon")
	}
	l.now++
	if lc.checkTime(); !lc.closed || s.refusals[refusedSlowReader].count.Load() != 1 {
		t.Errorf("closed: %t, refused %d times", lc.closed, s.refusals[refusedSlowReader].count.Load())
	}
	l.goOn(t)
}

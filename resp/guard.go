package resp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/tidwall/redcon"
)

// guardConn is the connection that redcon sees. Redcon reads from it, calls
// the handler for what it has read, flushes and closes; but the bytes it gets
// to read are not the client's. For each piece of input it gets one bell, a
// command that never changes, and the handler then serves the input through
// the connection's Framer, which alone parses what clients send.
type guardConn struct {
	net.Conn
	client *Conn
	socket *socket   // Conn, or what is under it if that is TLS
	out    io.Writer // where replies go

	input   []byte // what the bell stands for
	buffer  *[inputSize]byte
	hangsUp bool // the connection ends: redcon gets no more bells
	shaken  bool // the TLS handshake is done
	timed   bool // there is a read deadline
	counted bool // what is sent is held on the query memory's books already
	behind  int  // bytes that wait behind what is sent, in so many pieces
	pieces  int
}

// inputSize is how much is read at a time: as much as redcon's buffer has.
const inputSize = 4 << 10

var (
	bell      = []byte("*1\r\n$4\r\nBELL\r\n")
	inputPool = sync.Pool{New: func() any { return new([inputSize]byte) }}
)

// newGuardConn makes nc the connection of c; wrap, if not nil, puts TLS upon it.
func newGuardConn(c *Conn, nc net.Conn, wrap func(net.Conn) net.Conn) *guardConn {
	k := &socket{Conn: nc, client: c}
	g := &guardConn{Conn: nc, client: c, socket: k, out: k}
	if wrap != nil {
		g.Conn = wrap(k)
		g.out = g.Conn
	}
	c.out = outlet{c}
	return g
}

// Read gets input and rings. Redcon asks only when it has had everything
// before served.
func (g *guardConn) Read(p []byte) (int, error) {
	if g.hangsUp || len(p) < len(bell) {
		return 0, io.EOF
	}
	if err := g.shakeHands(); err != nil {
		return 0, io.EOF
	}
	// An idle connection waits with redcon's buffer and holds none.
	n := g.fill(p)
	if n == 0 {
		return 0, io.EOF
	}
	g.buffer = inputPool.Get().(*[inputSize]byte)
	g.input = append(g.buffer[:0], p[:n]...)
	return copy(p, bell), nil
}

// answerBell serves what was read. It is redcon's handler.
func (s *Server) answerBell(rc redcon.Conn, _ redcon.Command) {
	g := rc.NetConn().(*guardConn)
	g.serve(g.input)
	inputPool.Put(g.buffer)
	g.input, g.buffer = nil, nil
}

// fill waits for input and returns how much of p it is; 0 at the end.
func (g *guardConn) fill(p []byte) int {
	s, c := g.client.Server, g.client
	for {
		until, _ := s.config.patience(c.standing())
		if g.setReadDeadline(until) != nil {
			return 0
		}
		n, err := g.Conn.Read(p)
		s.traffic.in.Add(uint64(n))
		if n > 0 {
			s.traffic.reads.Add(1)
		}
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || s.isDraining() {
			return n
		}
		// Perhaps something was pushed to the client meanwhile.
		if until, why := s.config.patience(c.standing()); s.now() >= until {
			s.refuse(why, c.RemoteAddr(), "")
			return 0
		}
	}
}

// serve executes the commands of some input.
func (g *guardConn) serve(input []byte) {
	s, c := g.client.Server, g.client
	box := outboxes.Get().(*outbox)
	box.lend(c)
	v, _ := s.serveInput(c, input, s.now())
	g.served(v, box)
}

// goOn executes the rest of a batch that a loop has begun, from the command rest
// on.
func (g *guardConn) goOn(rest [][]byte) {
	s, c := g.client.Server, g.client
	box := outboxes.Get().(*outbox)
	box.lend(c)
	c.buf, c.unsettled = append(c.buf, c.unsettled...), nil
	v, _ := s.serveRest(c, rest)
	g.served(v, box)
}

// served ends a batch, all replies of which are sent.
func (g *guardConn) served(v verdict, box *outbox) {
	g.hangsUp = v != goesOn
	g.client.outbox = nil
	outboxes.Put(box)
}

// run serves a connection that has left its loop, until it ends. When the gate of
// what it has done there is open the loop's backlog is sent, and then its batch
// goes on with the command rest.
func (g *guardConn) run(backlog, rest [][]byte, gate journal.Gate) {
	c := g.client
	s := c.Server
	defer s.leave(c)
	if s.isDraining() {
		g.drain()
	}
	c.session.Settle() // others need not wait until this client takes its replies
	if c.err == nil {
		c.err = c.awaitLog(gate)
	}
	for _, replies := range backlog {
		g.behind += len(replies)
	}
	for i, replies := range backlog {
		backlog[i] = nil
		g.behind, g.pieces = g.behind-len(replies), len(backlog)-i-1
		g.counted = true // by the loop
		c.deliver(replies, journal.Gate{})
		g.counted = false
		c.memory.give(len(replies))
	}
	c.owes(0)
	g.goOn(rest)
	g.serveInput()
	_ = g.Close() // it is closed on any outcome
}

// serveInput serves what comes until the end. It has the buffer for that, which is
// half of such a goroutine's memory: a password that waits to be checked, as
// those of thousands may, waits without it.
//
//go:noinline
func (g *guardConn) serveInput() {
	var input [inputSize]byte
	for !g.hangsUp {
		n := g.fill(input[:])
		if n == 0 {
			return
		}
		g.serve(input[:n])
	}
}

// drain implements link.
func (g *guardConn) drain() {
	_ = g.Conn.SetReadDeadline(time.Unix(1, 0)) // fails only on a closed connection
}

// Write is redcon's flush. Replies have gone out by then, and redcon has none
// of its own.
func (g *guardConn) Write(p []byte) (int, error) { return len(p), nil }

// Close ends the connection, for redcon. What was sent must reach the client
// even though there may be input that nobody will read.
func (g *guardConn) Close() error {
	s, c := g.client.Server, g.client
	if s.isDraining() || g.hangsUp && !c.isGone() {
		linger(g, s.lastWordsUntil(s.now()))
	}
	return g.Conn.Close()
}

// shakeHands does the TLS handshake, if there is one to do.
func (g *guardConn) shakeHands() error {
	tc, ok := g.Conn.(*tls.Conn)
	if !ok || g.shaken {
		return nil
	}
	g.shaken = true
	s := g.client.Server
	ctx := context.Background()
	if s.config.Handshake > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.config.Handshake)
		defer cancel()
	}
	if err := tc.HandshakeContext(ctx); err != nil {
		s.refuse(refusedHandshake, g.client.RemoteAddr(), err.Error())
		return err
	}
	// The client's last word of the handshake has no answer that would
	// acknowledge it, and a client without TCP_NODELAY keeps its first command
	// back until then.
	if tcp, ok := g.socket.Conn.(*net.TCPConn); ok {
		acknowledge(tcp)
	}
	return nil
}

// setReadDeadline sets until when the client may take with its next bytes.
func (g *guardConn) setReadDeadline(until time.Duration) error {
	s := g.client.Server
	timed := until != forever
	if !timed && !g.timed {
		return nil
	}
	g.timed = timed
	var deadline time.Time
	if timed {
		deadline = s.started.Add(until)
	}
	err := g.Conn.SetReadDeadline(deadline)
	// Shutdown interrupts reads with a deadline of its own, which must stay. It says
	// that it has begun first: whoever does not hear of it here was before it.
	if s.isDraining() {
		g.drain()
	}
	return err
}

// send implements link. It waits for the gate, and until the client has room for p,
// a piece of it at a time, so that others see it active.
func (g *guardConn) send(p []byte, gate journal.Gate) error {
	s, c := g.client.Server, g.client
	// The replies are held for as long as the client likes to take, and so is what
	// was read last.
	if held := cap(p) + inputSize; cap(p) > freeShare && !g.counted {
		if !c.awaitReply(held) {
			return c.tooMuchUnread()
		}
		c.owes(held)
		defer func() {
			c.memory.give(held)
			c.owes(0)
		}()
	}
	if err := c.awaitLog(gate); err != nil {
		return err
	}
	for len(p) > 0 {
		c.usage.owe(len(p)+g.behind, 1+g.pieces)
		n, err := g.out.Write(p[:min(len(p), flushSize+flushSize/8)])
		s.traffic.out.Add(uint64(n))
		s.traffic.writes.Add(1)
		if err != nil {
			return err
		}
		c.touch(s.now())
		p = p[n:]
	}
	c.usage.owe(0, 0)
	return nil
}

// sent implements link: whoever serves the connection looks at its error.
func (g *guardConn) sent() {}

// kill ends the connection without a farewell, for which TLS would wait.
func (g *guardConn) kill() { _ = g.socket.Close() } // it is closed on any outcome

// unsent implements link.
func (g *guardConn) unsent() int { return unsent(g.socket.Conn) }

// fd returns the descriptor, for display only; -1 if there is none.
func (g *guardConn) fd() int {
	fd := -1
	if sc, ok := g.socket.Conn.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			_ = raw.Control(func(n uintptr) { fd = int(n) }) // closed: it has none
		}
	}
	return fd
}

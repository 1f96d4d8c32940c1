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

	input   []byte // what the bell stands for
	buffer  *[inputSize]byte
	over    bool // the connection ends: redcon gets no more bells
	shaken  bool // the TLS handshake is done
	timed   bool // there is a read deadline
	arrived int  // bytes of the command under way
	began   time.Time
	patient time.Time // the write deadline
}

// inputSize is how much is read at a time.
const inputSize = 16 << 10

var (
	bell      = []byte("*1\r\n$4\r\nBELL\r\n")
	inputPool = sync.Pool{New: func() any { return new([inputSize]byte) }}
	// outputPool has the buffers that replies collect in: an idle connection
	// holds none.
	outputPool = sync.Pool{New: func() any { return new([]byte) }}
)

func newGuardConn(c *Conn, nc net.Conn) *guardConn {
	g := &guardConn{Conn: nc, client: c}
	c.out = connWriter{g}
	return g
}

// Read gets input and rings. Redcon asks only when it has had everything
// before served.
func (g *guardConn) Read(p []byte) (int, error) {
	if g.over || len(p) < len(bell) {
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
	if g.setReadDeadline() != nil {
		return 0
	}
	n, err := g.Conn.Read(p)
	if n == 0 {
		g.ended(err)
	}
	g.client.Server.traffic.in.Add(uint64(n))
	return n
}

// serve executes the commands of some input.
func (g *guardConn) serve(input []byte) {
	c := g.client
	out := outputPool.Get().(*[]byte)
	c.buf = (*out)[:0]
	before := c.in.Pending()
	c.touch(c.Server.now())
	g.over = c.Server.serveInput(c, input) != goesOn
	if cap(c.buf) <= keepSize {
		*out = c.buf
	}
	c.buf = nil
	outputPool.Put(out)
	g.note(before, len(input))
}

// note keeps account of the command under way after n bytes more; before tells
// whether there was one before them.
func (g *guardConn) note(before bool, n int) {
	switch {
	case !g.client.in.Pending():
		g.arrived = 0
	case before && !g.client.progress:
		g.arrived += n
	default:
		g.arrived, g.began = n, time.Now()
	}
}

// run serves a connection that has left its loop, whose backlog is to be sent
// first, until it ends.
func (g *guardConn) run(backlog []byte) {
	c := g.client
	s := c.Server
	defer s.leave(c)
	if s.isDraining() {
		g.drain()
	}
	if len(backlog) > 0 {
		if _, err := c.out.Write(backlog); err != nil {
			g.kill()
			return
		}
	}
	g.over = s.serveRest(c, c.rest) != goesOn
	c.buf = nil
	g.note(false, 0)
	var input [4 << 10]byte
	for !g.over {
		n := g.fill(input[:])
		if n == 0 {
			break
		}
		g.serve(input[:n])
	}
	_ = g.Close() // it is closed on any outcome
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
	s := g.client.Server
	switch {
	case s.isDraining():
		linger(g, time.Time{})
	case g.over && !g.client.killed.Load():
		linger(g, time.Now().Add(lastWords))
	}
	return g.Conn.Close()
}

// lastWords is how long a client has to take the last reply.
const lastWords = 2 * time.Second

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
	return nil
}

// setReadDeadline sets how long the client may take with its next bytes.
func (g *guardConn) setReadDeadline() error {
	s, c := g.client.Server, g.client
	var until time.Time
	switch {
	case !c.Authenticated() && s.config.Command > 0:
		until = s.started.Add(c.stranger + s.config.Command)
	case c.in.Pending() && s.config.Command > 0:
		until = g.began.Add(s.config.Command + time.Duration(g.arrived>>16)*time.Second)
	case !c.in.Pending() && s.config.Idle > 0:
		until = time.Now().Add(s.config.Idle)
	case !g.timed:
		return nil
	}
	g.timed = !until.IsZero()
	// Shutdown interrupts reads with a deadline of its own, which must stay.
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.stopped {
		return nil
	}
	return g.Conn.SetReadDeadline(until)
}

// ended notes why there is nothing more to read.
func (g *guardConn) ended(err error) {
	s, c := g.client.Server, g.client
	if errors.Is(err, os.ErrDeadlineExceeded) && !s.isDraining() {
		if c.in.Pending() || !c.Authenticated() {
			s.refuse(refusedSlowCommand, c.RemoteAddr(), "")
		} else {
			s.refuse(refusedIdle, c.RemoteAddr(), "")
		}
	}
}

// connWriter is where a connection's replies go.
type connWriter struct{ g *guardConn }

func (w connWriter) Write(p []byte) (int, error) {
	g := w.g
	s := g.client.Server
	if limit := s.config.Write; limit > 0 {
		// Setting a deadline costs as much as a short command does, so it is
		// set for twice as long and only when less than once is left.
		if now := time.Now(); g.patient.Sub(now) < limit {
			g.patient = now.Add(2 * limit)
			if err := g.Conn.SetWriteDeadline(g.patient); err != nil {
				return 0, err
			}
		}
	}
	n, err := g.Conn.Write(p)
	s.traffic.out.Add(uint64(n))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.refuse(refusedSlowReader, g.client.RemoteAddr(), "")
	}
	return n, err
}

// socket is the connection under TLS, if there is any.
func (g *guardConn) socket() net.Conn {
	if tc, ok := g.Conn.(*tls.Conn); ok {
		return tc.NetConn()
	}
	return g.Conn
}

// kill ends the connection without a farewell, for which TLS would wait.
func (g *guardConn) kill() { _ = g.socket().Close() } // it is closed on any outcome

// fd returns the descriptor, for display only; -1 if there is none.
func (g *guardConn) fd() int {
	nc, fd := g.socket(), -1
	if sc, ok := nc.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			_ = raw.Control(func(n uintptr) { fd = int(n) }) // closed: it has none
		}
	}
	return fd
}

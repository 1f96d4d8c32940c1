package resp

import (
	"io"
	"net"
	"sync/atomic"
	"time"
)

// Handler answers commands.
type Handler interface {
	// ServeRESP answers one command with exactly one reply. args has at least
	// one element, the name; it is valid during the call only. Commands of one
	// connection come one after the other.
	ServeRESP(c *Conn, args [][]byte)
	// EndBatch is called when all commands that the client has sent so far
	// are answered, before the replies go out.
	EndBatch(c *Conn)
}

// Conn is the server's side of one client connection.
type Conn struct {
	Writer

	// Set once before the first command.
	ID      uint64
	Created time.Time
	Server  *Server

	// Session is for the handler to keep what it needs per connection.
	Session any

	onClose       []func()
	link          link
	in            Framer
	authenticated bool
	closing       bool
	killed        atomic.Bool
	commands      uint64 // since the last batch
	profile       profile
	push          *pusher // nil but for a connection that others send to
}

// NewConn returns a connection without a network, whose replies go to out: for
// the tests and benchmarks of handlers.
func NewConn(out io.Writer) *Conn {
	c := &Conn{ID: 1, Created: time.Now()}
	c.out = out
	c.profile.is.Queued = -1
	return c
}

// link is what carries a connection.
type link interface {
	RemoteAddr() net.Addr
	LocalAddr() net.Addr
	fd() int // for display only; -1 for none
	kill()   // ends it; safe for concurrent use
}

// RemoteAddr returns the client's address.
func (c *Conn) RemoteAddr() string {
	if c.link == nil {
		return ""
	}
	return c.link.RemoteAddr().String()
}

// LocalAddr returns the address the client connected to.
func (c *Conn) LocalAddr() string {
	if c.link == nil {
		return ""
	}
	return c.link.LocalAddr().String()
}

// Age returns how long the connection has been open.
func (c *Conn) Age() time.Duration { return time.Since(c.Created) }

// FD returns the connection's file descriptor, for display only; -1 if it has
// none.
func (c *Conn) FD() int {
	if c.link == nil {
		return -1
	}
	return c.link.fd()
}

// OnClose has f called when the connection has ended.
func (c *Conn) OnClose(f func()) { c.onClose = append(c.onClose, f) }

// CloseAfterReply ends the connection once the reply of the current command is
// sent. Commands that the client has sent after it are not executed.
func (c *Conn) CloseAfterReply() { c.closing = true }

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
}

// Conn is the server's side of one client connection.
type Conn struct {
	Writer

	// Set once before the first command.
	ID      uint64
	Created time.Time
	Server  *Server

	// The client's own words about itself.
	Name, LibName, LibVer string

	// Session is for the handler to keep what it needs per connection.
	Session any

	onClose  []func()
	net      net.Conn
	closing  bool
	commands atomic.Uint64 // read by Server.Stats
}

// NewConn returns a connection without a network, whose replies go to out: for
// the tests and benchmarks of handlers.
func NewConn(out io.Writer) *Conn {
	c := &Conn{ID: 1, Created: time.Now()}
	c.out = out
	return c
}

// RemoteAddr returns the client's address.
func (c *Conn) RemoteAddr() string { return c.net.RemoteAddr().String() }

// LocalAddr returns the address the client connected to.
func (c *Conn) LocalAddr() string { return c.net.LocalAddr().String() }

// OnClose has f called when the connection has ended.
func (c *Conn) OnClose(f func()) { c.onClose = append(c.onClose, f) }

// CloseAfterReply ends the connection once the reply of the current command is
// sent. Commands that the client has sent after it are not executed.
func (c *Conn) CloseAfterReply() { c.closing = true }

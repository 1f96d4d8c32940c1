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
	// are answered, before the last replies go out, and when the connection
	// leaves its loop in between.
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
	held          int // bytes of commands kept by the handler
	authenticated bool
	closing       bool
	killed        atomic.Bool
	looped        bool // an event loop serves the connection
	stays         bool // LeaveLoop is not possible now
	leaving       bool // the connection is to leave its loop
	share         share
	refused       bool     // ... and the command at hand has not been executed
	rest          [][]byte // that command
	remote, local net.Addr
	commands      uint64        // since the last batch
	progress      bool          // the last batch had a command
	stranger      time.Duration // since when the client has not been authenticated
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

// link is what carries a connection. Its methods are safe for concurrent use.
type link interface {
	fd() int // for display only; -1 for none
	kill()   // ends it at once
	drain()  // ends it when the batch at hand is answered
}

// carried returns what carries the connection now; nil for one without a
// network.
func (c *Conn) carried() link {
	c.profile.mu.Lock()
	defer c.profile.mu.Unlock()
	return c.link
}

// carryOn makes l what carries the connection.
func (c *Conn) carryOn(l link) {
	c.profile.mu.Lock()
	defer c.profile.mu.Unlock()
	c.link = l
}

// LeaveLoop is for commands that would hold up other clients, because they
// wait or work long: a handler that gets true returns at once, having done and
// written nothing, and is called again for the same command on a goroutine that
// is this connection's alone. False says that it has that already.
func (c *Conn) LeaveLoop() bool {
	if !c.looped || c.stays {
		return false
	}
	c.looped = false
	c.leaving, c.refused = true, true
	return true
}

// OnLoop tells whether an event loop serves the connection: nothing waits there,
// so a batch ends soon.
func (c *Conn) OnLoop() bool { return c.looped }

// RemoteAddr returns the client's address.
func (c *Conn) RemoteAddr() string {
	if c.remote == nil {
		return ""
	}
	return c.remote.String()
}

// LocalAddr returns the address the client connected to.
func (c *Conn) LocalAddr() string {
	if c.local == nil {
		return ""
	}
	return c.local.String()
}

// Age returns how long the connection has been open.
func (c *Conn) Age() time.Duration { return time.Since(c.Created) }

// FD returns the connection's file descriptor, for display only; -1 if it has
// none.
func (c *Conn) FD() int {
	if l := c.carried(); l != nil {
		return l.fd()
	}
	return -1
}

// Stay makes LeaveLoop say false for as long as it is on: a handler that has
// begun to reply cannot be called again.
func (c *Conn) Stay(on bool) { c.stays = on }

// Hold notes that so many bytes of the client's commands are kept, and reports
// whether they may be: all that a connection holds counts against the limit of
// a command and the server's query memory.
func (c *Conn) Hold(bytes int) bool {
	if c.Server == nil {
		return true
	}
	if c.held+bytes > c.Server.config.Limits.clamped().Command || !c.Server.queries.take(bytes) {
		return false
	}
	c.held += bytes
	return true
}

// LetGo notes that nothing is kept any more.
func (c *Conn) LetGo() {
	if c.held > 0 {
		c.Server.queries.give(c.held)
		c.held = 0
	}
}

// OnClose has f called when the connection has ended.
func (c *Conn) OnClose(f func()) { c.onClose = append(c.onClose, f) }

// CloseAfterReply ends the connection once the reply of the current command is
// sent. Commands that the client has sent after it are not executed.
func (c *Conn) CloseAfterReply() { c.closing = true }

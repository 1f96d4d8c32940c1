package resp

import (
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
)

// Handler makes the sessions of clients.
type Handler interface {
	// Open returns the session of a client that is let in, before its first
	// command. It must not wait, and must not ask the server for its
	// connections or numbers, which are locked meanwhile. It is called by
	// several goroutines.
	Open(c *Conn) Session
}

// Session answers the commands of one connection, one after the other. Its
// methods are called by one goroutine at a time, which may change between a
// batch and the next, and within one when the connection leaves its loop.
type Session interface {
	// Serve answers one command with exactly one reply. args has at least one
	// element, the name; it is valid during the call only.
	Serve(args [][]byte)
	// Note says where to note what is changed from now on: what is there is in the
	// log before a reply leaves. nil is nowhere. It is called before the first
	// command, and whenever it is another one.
	Note(changes *journal.Batch)
	// Settle is called before replies leave while the command at hand is still
	// at work: whatever they promise must be true by then. EndBatch settles, too.
	Settle()
	// EndBatch is called when all commands that the client has sent so far
	// are answered, before the last replies go out, and when the connection
	// leaves its loop in between.
	EndBatch()
	// Close is called when the connection has ended, and nothing else after
	// it. It must not wait: others may be served by the same goroutine.
	Close()
}

// Conn is the server's side of one client connection.
type Conn struct {
	Writer

	// Set once before the first command.
	ID      uint64
	Created time.Time
	Server  *Server

	session       Session // set once before the first command; nil without a server
	remote, local net.Addr
	from          origin

	in            Framer
	memory        holding        // of what is under way
	outbox        *outbox        // what replies go to; set for a batch at least
	notes         *journal.Batch // the outbox's, as the session knows it
	unsettled     []byte         // replies that leave the loop with the connection
	place         place          // where the connection is served
	batch         batch          // the one at hand
	mark          uint64         // what was written before the command at hand
	underWay      underWay       // the command that is not whole yet
	held          int            // bytes of commands kept by the handler
	authenticated bool           // the client has given the password, or none was wanted
	stranger      time.Duration  // since when it has not
	failed        bool           // it has given a wrong password
	attempt       *attempt       // the password that waits to be checked
	closing       bool           // the connection ends after the command at hand
	push          *pusher        // nil but for a connection that others send to
	departure     departure      // while work for the client goes on
	labour        labour         // its part in long work
	indebted      bool           // it is one of the server's unread, or was ended as one
	stopwatch     *stopwatch     // of the loop that serves the connection; nil for none

	// Safe for concurrent use.
	active   atomic.Int64  // when something came or went last, by the server's clock
	commands atomic.Uint64 // executed, as of the last batch; changed by the connection alone
	killed   atomic.Bool
	usage    usage
	life     life
	debt     debt
}

// NewConn returns a connection without a network, whose replies go to out: for
// the tests and benchmarks of handlers. It has no session: Open makes one.
func NewConn(out io.Writer) *Conn {
	c := &Conn{ID: 1, Created: time.Now()}
	c.out = out
	return c
}

// Session returns what the handler has opened for the client; nil for a
// connection without a server. It is safe for concurrent use.
func (c *Conn) Session() Session { return c.session }

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

// UnixSocket returns the path of the Unix socket that the client came by; "" for
// another way.
func (c *Conn) UnixSocket() string {
	if a, ok := c.local.(*net.UnixAddr); ok {
		return a.Name
	}
	return ""
}

// Names returns the addresses of both ends as Redis tells them: a client of a Unix
// socket has no own, but the socket's path and a port of 0.
func (c *Conn) Names() (remote, local string) {
	if path := c.UnixSocket(); path != "" {
		return path + ":0", path + ":0"
	}
	return c.RemoteAddr(), c.LocalAddr()
}

// Age returns how long the connection has been open.
func (c *Conn) Age() time.Duration { return time.Since(c.Created) }

// Idle returns for how long nothing has come or gone. It is safe for concurrent
// use.
func (c *Conn) Idle() time.Duration {
	if c.Server == nil {
		return 0
	}
	return max(c.Server.now()-c.lastActive(), 0)
}

// Commands returns how many commands the client has had executed, as of its last
// batch. It is safe for concurrent use.
func (c *Conn) Commands() uint64 { return c.commands.Load() }

// touch notes that something comes or goes now.
func (c *Conn) touch(now time.Duration) {
	// To look costs less than to store, and mostly there is no news.
	if c.active.Load() != int64(now) {
		c.active.Store(int64(now))
	}
}

// lastActive returns when something came or went last, by the server's clock.
func (c *Conn) lastActive() time.Duration { return time.Duration(c.active.Load()) }

// FD returns the connection's file descriptor, for display only; -1 if it has
// none.
func (c *Conn) FD() int {
	if l := c.carried(); l != nil {
		return l.fd()
	}
	return -1
}

// Hold notes that so many bytes of the client's commands are kept, and reports
// whether they may be: all that a connection holds counts against the limit of
// a command and the server's query memory.
func (c *Conn) Hold(bytes int) bool {
	if c.Server == nil {
		return true
	}
	if c.held+bytes > c.Server.config.Limits.clamped().Command || !c.memory.take(bytes) {
		return false
	}
	c.held += bytes
	return true
}

// LetGo notes that nothing is kept any more.
func (c *Conn) LetGo() {
	if c.held > 0 {
		c.memory.give(c.held)
		c.held = 0
	}
}

// CloseAfterReply ends the connection once the reply of the current command is
// sent. Commands that the client has sent after it are not executed.
func (c *Conn) CloseAfterReply() { c.closing = true }

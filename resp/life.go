package resp

import (
	"sync"

	"github.com/prefixtracker/prefixtracker/journal"
)

// life is what others may end: what carries the connection, and who waits on
// behalf of the client.
type life struct {
	mu     sync.Mutex
	link   link          // nil for a connection without a network
	ending chan struct{} // nil until somebody asks
	ended  bool
}

// link is what carries a connection. Its methods are safe for concurrent use,
// but for those that say otherwise.
type link interface {
	fd() int // for display only; -1 for none
	kill()   // ends it at once
	drain()  // ends it when the batch at hand is answered
	// unsent is how much the kernel has that the client has not got; 0 where that is
	// unknown.
	unsent() int

	// send sends p when the gate is open, or keeps a copy of what the client has no
	// room for yet. It is for the one goroutine that may write: the one that serves
	// the connection, or its pusher while that does not.
	send(p []byte, gate journal.Gate) error
	// sent is called when the outbox has sent what it had for the connection, and
	// sees to what has become of that.
	sent()
}

// carried returns what carries the connection now; nil for one without a
// network.
func (c *Conn) carried() link {
	c.life.mu.Lock()
	defer c.life.mu.Unlock()
	return c.life.link
}

// carryOn makes l what carries the connection.
func (c *Conn) carryOn(l link) {
	c.life.mu.Lock()
	defer c.life.mu.Unlock()
	c.life.link = l
}

// Ending returns a channel that is closed when the server stops or the
// connection is killed: whoever waits on behalf of the client waits no longer.
func (c *Conn) Ending() <-chan struct{} {
	c.life.mu.Lock()
	defer c.life.mu.Unlock()
	if c.life.ending == nil {
		c.life.ending = make(chan struct{})
		if c.life.ended {
			close(c.life.ending)
		}
	}
	return c.life.ending
}

func (c *Conn) end() {
	c.life.mu.Lock()
	defer c.life.mu.Unlock()
	if !c.life.ended && c.life.ending != nil {
		close(c.life.ending)
	}
	c.life.ended = true
}

// Kill ends the connection: no further command of it is executed, and replies
// under way are lost. It reports false if somebody has killed it before. It is
// safe for concurrent use.
func (c *Conn) Kill() bool {
	if !c.killed.CompareAndSwap(false, true) {
		return false
	}
	c.end()
	if l := c.carried(); l != nil {
		l.kill()
	}
	return true
}

package resp

import (
	"net"
	"time"
)

// lookPeriod is how often long work looks at whether its client is still there.
const lookPeriod = 10 * time.Millisecond

// goneEvery is after how many commands of a batch somebody looks at that, whatever
// the commands do.
const goneEvery = 8

// departure is what a connection off a loop knows of its client's end while its work
// goes on. By the server's clock.
type departure struct {
	looked time.Duration // when somebody looked last
	half   time.Duration // when the client was seen to have ended its side, 0 for not
}

// Gone tells whether nobody will get the replies any more: the connection was
// killed or is broken, or its client has left. Once it says so, nothing more is
// sent, so a handler may leave a reply unfinished. It is for the connection's own
// handler, between the pieces of long work.
//
// A client that has ended its side alone may wait for its replies, as at the end of
// a pipe into nc, or may have closed the connection. What it is sent tells: the
// system resets what is closed. So it gets at once what is answered; and where
// nothing is, it is treated as one that does not take its replies, with the same
// patience: the work for it goes on for so long.
func (c *Conn) Gone() bool {
	c.giveWay()
	if !c.isGone() && c.place == offLoop && c.hasLeft() {
		c.err = net.ErrClosed
	}
	return c.isGone()
}

// isGone is Gone as far as it is known.
func (c *Conn) isGone() bool {
	if c.err == nil && c.killed.Load() {
		c.err = net.ErrClosed
	}
	return c.err != nil
}

// hasLeft looks at the client's side of the connection, now and then.
func (c *Conn) hasLeft() bool {
	s := c.Server
	if s == nil {
		return false
	}
	now := s.now()
	if now-c.departure.looked < lookPeriod {
		return false
	}
	c.departure.looked = now
	g, ok := c.carried().(*guardConn)
	if !ok {
		return false
	}
	half, whole := g.ending()
	if !half || whole {
		return whole
	}
	if c.departure.half == 0 {
		c.departure.half = now
	}
	if len(c.buf) > 0 && !c.muted {
		return c.Flush() != nil
	}
	until, _ := s.config.patience(standing{unread: true, active: max(c.departure.half, c.lastActive())})
	return now >= until
}

// hasEnded tells whether the client has ended the connection, or its side of it, as
// far as that is known: on a loop it is not. It is safe for concurrent use.
func (c *Conn) hasEnded() bool {
	g, ok := c.carried().(*guardConn)
	if !ok {
		return false
	}
	half, _ := g.ending()
	return half
}

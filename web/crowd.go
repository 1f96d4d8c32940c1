package web

import (
	"container/list"
	"context"
	"net"
	"sync"
)

// crowd is all connections. When there are as many as there may be, one that comes has
// the one ended that has asked for nothing for longest, or is turned away if all have
// something to wait for: who holds connections does not keep a probe from asking, nor
// does who guesses passwords.
type crowd struct {
	most int

	mu   sync.Mutex
	size int
	idle list.List // of *guest, who has been so for longest first
}

// guest is a connection.
type guest struct {
	net.Conn
	crowd   *crowd
	visitor Visitor
	leave   func()        // ends its requests, for who sends on is not seen to go by who answers
	inIdle  *list.Element // nil while it is busy, or gone
	gone    bool
}

// guestKey is where the context of a request has its guest.
type guestKey struct{}

func guestOf(ctx context.Context) *guest { return ctx.Value(guestKey{}).(*guest) }

// enter lets a connection in, and reports whether it did.
func (c *crowd) enter(g *guest) bool {
	c.mu.Lock()
	var out *guest
	if c.size >= c.most {
		if first := c.idle.Front(); first != nil {
			out = first.Value.(*guest)
			c.remove(out)
		}
	}
	fits := c.size < c.most
	if fits {
		c.size++
		g.inIdle = c.idle.PushBack(g)
	}
	c.mu.Unlock()
	if out != nil {
		out.leave()
		_ = out.Conn.Close() // it has nothing to say any more
	}
	return fits
}

// remove takes a guest out, if it is in. c.mu is held.
func (c *crowd) remove(g *guest) {
	if g.gone {
		return
	}
	g.gone = true
	c.size--
	if g.inIdle != nil {
		c.idle.Remove(g.inIdle)
		g.inIdle = nil
	}
}

// Close implements [net.Conn].
func (g *guest) Close() error {
	g.crowd.mu.Lock()
	g.crowd.remove(g)
	g.crowd.mu.Unlock()
	g.leave()
	return g.Conn.Close()
}

// busy is called when a request of the guest's is to be answered, and rest when it is, or
// has to wait for what says that it may be.
func (g *guest) busy() {
	g.crowd.mu.Lock()
	defer g.crowd.mu.Unlock()
	if g.inIdle != nil {
		g.crowd.idle.Remove(g.inIdle)
		g.inIdle = nil
	}
}

func (g *guest) rest() {
	g.crowd.mu.Lock()
	defer g.crowd.mu.Unlock()
	if !g.gone && g.inIdle == nil {
		g.inIdle = g.crowd.idle.PushBack(g)
	}
}

// sendRoom is what the system keeps of what a guest has not taken: who does not read makes
// it grow to megabytes, which count as the server's memory.
const sendRoom = 64 << 10

// door is a listener whose connections are guests.
type door struct {
	net.Listener
	crowd   *crowd
	visitor func(net.Addr) Visitor
}

// Accept implements [net.Listener].
func (d door) Accept() (net.Conn, error) {
	for {
		nc, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if tcp, ok := nc.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(sendRoom) // else it is as large as the system likes
		}
		g := &guest{Conn: nc, crowd: d.crowd, visitor: d.visitor(nc.RemoteAddr()), leave: func() {}}
		if d.crowd.enter(g) {
			return g, nil
		}
		_ = nc.Close() // it was not let in
	}
}

package resp

import (
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Profile is what is told about a connection to others.
type Profile struct {
	// The client's own words about itself.
	Name, LibName, LibVer string
	// Queued is the number of commands since MULTI, -1 outside of it.
	Queued int
	// NoEvict, NoTouch and Tracking are modes the client has asked for.
	NoEvict, NoTouch, Tracking bool
	// Monitor says that the client sees all commands.
	Monitor bool
}

// profile is a Profile with what changes too often for a lock.
type profile struct {
	mu       sync.Mutex
	is       Profile
	protocol atomic.Int32
	command  atomic.Pointer[string]
	active   atomic.Int64  // when something came or went last, by the server's clock
	ending   chan struct{} // nil until somebody asks
	ended    bool
}

// Profile returns the connection's profile. It is safe for concurrent use.
func (c *Conn) Profile() Profile {
	c.profile.mu.Lock()
	defer c.profile.mu.Unlock()
	return c.profile.is
}

// Describe changes the connection's profile. It is safe for concurrent use.
func (c *Conn) Describe(change func(*Profile)) {
	c.profile.mu.Lock()
	defer c.profile.mu.Unlock()
	change(&c.profile.is)
}

// Publish notes for others what the connection is doing: name, which must stay
// as it is, is the command it executed last.
func (c *Conn) Publish(name *string) {
	// To look costs less than to store, and mostly there is no news.
	if c.profile.command.Load() != name {
		c.profile.command.Store(name)
	}
	if p := int32(c.Protocol()); c.profile.protocol.Load() != p {
		c.profile.protocol.Store(p)
	}
}

// Published returns what Publish noted, "" and 2 before the first command, and
// for how long nothing has come or gone. It is safe for concurrent use.
func (c *Conn) Published() (command string, protocol int, idle time.Duration) {
	protocol = 2
	if name := c.profile.command.Load(); name != nil {
		command, protocol = *name, int(c.profile.protocol.Load())
	}
	if c.Server != nil {
		idle = c.Server.now() - c.active()
	}
	return command, protocol, idle
}

// touch notes that something comes or goes now.
func (c *Conn) touch(now time.Duration) {
	if c.profile.active.Load() != int64(now) {
		c.profile.active.Store(int64(now))
	}
}

// active returns when something came or went last, by the server's clock.
func (c *Conn) active() time.Duration { return time.Duration(c.profile.active.Load()) }

// Conns returns the open connections in the order of their IDs, without those
// that were killed and have yet to end.
func (s *Server) Conns() []*Conn {
	s.mu.Lock()
	conns := make([]*Conn, 0, len(s.mu.open))
	for c := range s.mu.open {
		if !c.killed.Load() {
			conns = append(conns, c)
		}
	}
	s.mu.Unlock()
	slices.SortFunc(conns, func(a, b *Conn) int { return int(int64(a.ID) - int64(b.ID)) })
	return conns
}

// Ending returns a channel that is closed when the server stops or the
// connection is killed: whoever waits on behalf of the client waits no longer.
func (c *Conn) Ending() <-chan struct{} {
	c.profile.mu.Lock()
	defer c.profile.mu.Unlock()
	if c.profile.ending == nil {
		c.profile.ending = make(chan struct{})
		if c.profile.ended {
			close(c.profile.ending)
		}
	}
	return c.profile.ending
}

func (c *Conn) end() {
	c.profile.mu.Lock()
	defer c.profile.mu.Unlock()
	if !c.profile.ended && c.profile.ending != nil {
		close(c.profile.ending)
	}
	c.profile.ended = true
}

// Gone tells whether nobody will get the replies any more: the connection was
// killed or is broken. Once it says so, nothing more is sent, so a handler may
// leave a reply unfinished. It is for the connection's own handler, between the
// pieces of a long reply.
func (c *Conn) Gone() bool {
	if c.err == nil && c.killed.Load() {
		c.err = net.ErrClosed
	}
	return c.err != nil
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

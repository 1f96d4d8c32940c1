package resp

import (
	"context"
	"errors"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
)

// Keep has replies wait, from now on, until what they promise is in log. It is
// called once, before anything is changed that is to be there.
func (s *Server) Keep(log *journal.Log) {
	log.OnReach(s.openGates)
	s.kept.Store(log)
}

// Log returns the log that replies wait for; nil for none. It is safe for
// concurrent use.
func (c *Conn) Log() *journal.Log {
	if c.Server == nil {
		return nil
	}
	return c.Server.Log()
}

// Log is [Conn.Log] of all connections.
func (s *Server) Log() *journal.Log { return s.kept.Load() }

// Together has what f changes be committed together, and not before it waits, as far
// as one piece of the replies has room for those of f.
func (c *Conn) Together(f func()) {
	if c.outbox == nil { // without a server
		f()
		return
	}
	c.outbox.whole = true
	defer func() { c.outbox.whole = false }()
	f()
}

var errNotLogged = errors.New("the log cannot be written")

// gateLook is how often one that waits for the log looks whether it is to wait still.
const gateLook = 100 * time.Millisecond

// awaitLog waits until the gate is open, on the connection's own goroutine. An error
// ends the connection: nobody knows whether what its last commands have done will
// be kept.
func (c *Conn) awaitLog(gate journal.Gate) error {
	log := c.Log()
	if log.Reached(gate) {
		return nil
	}
	s := c.Server
	s.held.Add(1)
	defer s.held.Add(-1)
	at := standing{gated: true, gatedAt: s.now()}
	for {
		look, cancel := context.WithTimeout(context.Background(), gateLook)
		open := log.Wait(gate, look.Done())
		cancel()
		if open {
			return nil
		}
		at.failing = log.Refusing() != nil
		until, why := s.config.patience(at)
		if c.killed.Load() || s.now() >= until {
			s.refuse(why, c.RemoteAddr(), "")
			return errNotLogged
		}
	}
}

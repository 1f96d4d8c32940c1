package resp

import "github.com/prefixtracker/prefixtracker/journal"

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

// openGates has those look whose replies wait for the log.
func (s *Server) openGates() {}

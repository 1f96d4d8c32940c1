package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// session is the memory that the commands of one connection reuse.
type session struct {
	ids  []uint64
	runs []tracker.Run
	key  []byte
}

// The largest buffers that a connection keeps.
const (
	keepIDs  = 4096
	keepRuns = 4096
)

func sessionOf(c *resp.Conn) *session {
	s, ok := c.Session.(*session)
	if !ok {
		s = new(session)
		c.Session = s
	}
	return s
}

// keep takes a run buffer back for the next command.
func (s *session) keep(runs []tracker.Run) {
	if cap(runs) <= keepRuns {
		s.runs = runs[:0]
	}
}

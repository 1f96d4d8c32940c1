package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// session is what the commands of one connection share: memory to reuse, and
// what is queued.
type session struct {
	ids   []uint64
	runs  []tracker.Run
	key   []byte
	multi *transaction // nil outside of MULTI
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

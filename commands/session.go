package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// session is what the commands of one connection share: memory to reuse, and
// what is queued.
type session struct {
	ids         []uint64
	runs        []tracker.Run
	word        string // how named was written last, "" for anything else
	named       *Spec
	key         []byte
	line        []byte // of idLines
	finder      tracker.Finder
	sampler     tracker.Sampler
	multi       *transaction // nil outside of MULTI
	last        *Spec        // the last command executed
	meter       meter
	skip        skipState
	watched     bool // monitors.remove will be called when the connection ends
	tracking    bool // CLIENT TRACKING is on
	trackedOnce bool // stopTracking will be called when the connection ends
	noLoop      bool // own changes are not told
	caching     bool // the client will keep the next reply, or those of the transaction
	reader      bool // it may be among the readers of caches
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

// keepIDs takes an ID buffer back for the next command.
func (s *session) keepIDs(ids []uint64) {
	if cap(ids) <= keepIDs {
		s.ids = ids[:0]
	}
}

// keep takes a run buffer back for the next command.
func (s *session) keep(runs []tracker.Run) {
	if cap(runs) <= keepRuns {
		s.runs = runs[:0]
	}
}

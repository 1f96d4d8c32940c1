package engine

import (
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// loading is the time before what was kept has been read: until its end the
// commands are refused that do not say that they can be executed then.
type loading struct {
	goesOn      atomic.Bool
	began       time.Time
	read, total atomic.Int64
}

// Loading notes how many bytes of how many have been read. It is safe for
// concurrent use.
func (e *Engine) Loading(read, total int64) {
	e.loading.read.Store(read)
	e.loading.total.Store(total)
}

// Loaded ends the loading that [Config.Loading] has begun with. The server knows
// the log by then that changes are to be in: see [resp.Server.Keep].
func (e *Engine) Loaded() { e.loading.goesOn.Store(false) }

// Loads tells whether what was kept is still being read.
func (e *Engine) Loads() bool { return e.loading.goesOn.Load() }

// mayRun tells whether the command, which is known and has the right number of
// words, may be executed now, or be queued.
func (s *Session) mayRun(c *Command) error {
	if s.engine.loading.goesOn.Load() && !c.loading {
		return ErrLoading
	}
	if c.writes || c.Ends && s.queue != nil && s.queue.writes {
		switch err := s.notes.Refusing(); {
		case err != nil:
			return errMisconf(err)
		case s.notes == nil && s.Log() != nil: // this batch has begun before there was a log
			return ErrLoading
		}
	}
	return nil
}

func (l *loading) figures() observe.Loading {
	return observe.Loading{GoesOn: l.goesOn.Load(), Began: l.began, Read: l.read.Load(), Total: l.total.Load()}
}

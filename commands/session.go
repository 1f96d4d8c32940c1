package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// session is one connection as the handlers see it: the engine's session, the
// registry as the client's [tracker.Caller] sees it, and memory to reuse.
type session struct {
	*engine.Session
	*vocabulary
	caller  *tracker.Caller
	notes   *journal.Batch // what it changes is noted in; nil for none
	ids     []uint64
	claimed []bool
	runs    []tracker.Run
	key     []byte
	line    resp.Line
	sampler tracker.Sampler
	drawer  *tracker.Drawer // nil until needed
	drawn   []tracker.Drawn

	collected collection
}

// The largest buffers that a connection keeps.
const (
	maxKeptIDs  = 4096
	maxKeptRuns = 4096
)

// open returns the state of a new session.
func (v *vocabulary) open(s *engine.Session) engine.State {
	return &session{Session: s, vocabulary: v, caller: v.registry.Caller(changed{s}), collected: collection{conn: s.Conn}}
}

// Note implements [engine.State].
func (c *session) Note(changes *journal.Batch) {
	c.notes = changes
	c.caller.Note(changes)
}

// EndBatch implements [engine.State].
func (c *session) EndBatch() {
	c.caller.Rest()
	c.caller.Forget()
	c.collected.end()
}

// Close implements [engine.State].
func (c *session) Close() { c.caller.Close() }

// changed tells a session what its client has changed.
type changed struct{ session *engine.Session }

// Changed implements [tracker.Recorder].
func (r changed) Changed(t *tracker.Tracker) { r.session.Changed(t.Prefix()) }

// ChangedAll implements [tracker.Recorder].
func (r changed) ChangedAll() { r.session.ChangedAll() }

// run makes a handler of the engine's of one of this package.
func run(h func(c *session, args [][]byte) error) engine.Handler {
	return func(s *engine.Session, args [][]byte) error { return h(s.State.(*session), args) }
}

// onPrefix makes a handler of one that takes a prefix first.
func onPrefix(h func(c *session, p tracker.Handle, args [][]byte) error) engine.Handler {
	return func(s *engine.Session, args [][]byte) error {
		c := s.State.(*session)
		if !isPrefix(args[0]) {
			return tracker.ErrInvalidPrefix
		}
		p := c.caller.At(view(args[0]))
		// On a loop a batch ends soon. Elsewhere it may wait for its client, for as
		// long as he likes, and nothing may keep a dropped tracker in memory for so
		// long.
		c.caller.Batch(c.OnLoop())
		if c.OnLoop() {
			return c.looked(p, h(c, p, args[1:]))
		}
		c.caller.Forget()
		err := c.looked(p, h(c, p, args[1:]))
		c.caller.Forget()
		return err
	}
}

// onSecond makes a handler of one that takes a word, and then a prefix.
func onSecond(h func(c *session, p tracker.Handle, args [][]byte) error) engine.Handler {
	return func(s *engine.Session, args [][]byte) error {
		return onPrefix(func(c *session, p tracker.Handle, _ [][]byte) error { return h(c, p, args) })(s, args[1:])
	}
}

// missing tells whether there is no such key, and counts the look: Redis answers
// for one before it looks at options.
func (c *session) missing(key []byte) bool {
	if !isPrefix(key) || c.registry.Get(view(key)) != nil {
		return false
	}
	c.Looked(false)
	return true
}

// looked counts the look that a command with this outcome has had at p.
func (c *session) looked(p tracker.Handle, err error) error {
	if err == nil {
		c.Looked(p.There())
	}
	return err
}

// there tells whether prefix is tracked, and counts the look.
func (c *session) there(prefix []byte) bool {
	found := c.registry.Get(view(prefix)) != nil
	c.Looked(found)
	return found
}

// keepIDs takes an ID buffer back for the next command.
func (c *session) keepIDs(ids []uint64) {
	if cap(ids) <= maxKeptIDs {
		c.ids = ids[:0]
	}
}

// keepRuns takes a run buffer back for the next command.
func (c *session) keepRuns(runs []tracker.Run) {
	if cap(runs) <= maxKeptRuns {
		c.runs = runs[:0]
	}
}

// add is what PT.ADD and SADD do once they have read their words: it replies with
// how many of ids were not there.
func (c *session) add(p tracker.Handle, ids []uint64) error {
	if p.Read().LongAllocation(ids) && c.LeaveLoop() {
		return engine.ErrLater
	}
	added, err := p.Add(ids)
	if err != nil {
		return err
	}
	c.Int(int64(added))
	return nil
}

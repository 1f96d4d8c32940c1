package engine

import (
	"strings"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
)

// Session is a connection as commands see it. Handlers reply through it and say
// with it what they have changed. It is a [resp.Session].
type Session struct {
	*resp.Conn
	profile
	// State is what the handlers keep of the connection.
	State State
	// Options are those of the command at hand; nil is none.
	Options *Options

	engine  *Engine
	word    string   // how named was written last, "" for anything else
	named   *Command // what word means
	last    *Command // the last command executed
	meter   meter
	changes changes
	lookups lookups
	queue   *transaction // nil outside of MULTI
	reader  reader
	notes   *journal.Batch // of what is changed; nil for nothing
	within  bool           // a transaction that is being executed
	// Countdowns of commands, the one that begins them included: until replies
	// come again after CLIENT REPLY SKIP, and until they are no longer announced
	// as kept after CLIENT CACHING.
	skip, announced uint8
}

// Engine returns the engine that executes the session's commands.
func (s *Session) Engine() *Engine { return s.engine }

// Of returns the session of a connection of this server. It is safe for
// concurrent use, as are those methods of a Session that say so.
func Of(c *resp.Conn) *Session { return c.Session().(*Session) }

// manyArguments are so many that to act on them may hold up other clients.
const manyArguments = 2048

// Serve implements [resp.Session].
func (s *Session) Serve(words [][]byte) {
	c, names, err := s.find(words)
	switch {
	case err != nil:
		if c != nil {
			c.numbers.Reject()
		}
		if c != nil && c.Ends {
			s.leaveMulti()
			err = errDiscarded(err)
		}
		if s.queue != nil {
			s.queue.dirty = true
		}
		s.fail(err)
	case len(words) > manyArguments && s.LeaveLoop():
		return // to come again
	case s.queue != nil && !c.Immediate:
		s.enqueue(c, names, words)
	case c.Long && s.LeaveLoop():
		return // to come again
	default:
		if !s.call(c, names, words) {
			return // to come again
		}
	}
	if s.announced != 0 && s.queue == nil {
		s.announced--
	}
	if s.skip != 0 {
		s.skip--
		s.Mute(s.skip != 0)
	}
}

// find returns the command that words are of and how many of them name it. With
// an error the command may still be known.
func (s *Session) find(words [][]byte) (c *Command, names int, err error) {
	// A client mostly says the same again, in the same letters.
	if s.word != "" && string(words[0]) == s.word {
		c = s.named
	} else {
		if c = s.engine.index.find(words[0]); c == nil {
			return nil, 0, errUnknownCommand(words)
		}
		s.word, s.named = c.spelling(words[0]), c
	}
	names = 1
	if c.subs != nil && len(words) > 1 {
		parent := c
		c = parent.subs.find(words[1])
		switch {
		case parent.Vague && (c == nil || !c.Accepts(len(words))):
			return c, 0, ErrSubcommand(parent.Name, words[1])
		case c == nil:
			return nil, 0, errUnknownSubcommand(parent.Name, words[1])
		}
		names = 2
	}
	if !c.Accepts(len(words)) {
		return c, 0, ErrArity(c.Name)
	}
	if !s.Authenticated() && !c.anybody {
		return c, 0, ErrNoAuth
	}
	return c, names, s.mayRun(c)
}

// call executes a command, counts it, shows it to the monitors and settles what
// it has changed. It reports false when the command has not been executed, to
// be executed later.
func (s *Session) call(c *Command, names int, words [][]byte) (done bool) {
	if c.reads && s.reader.Mode != TrackNothing && s.keeps() {
		s.remember(c, words)
	}
	s.begin(c)
	s.last = c
	args := words[names:]
	var err error
	answered := false
	if c.Before != nil {
		answered, err = c.Before(s, args)
	}
	if !answered && err == nil && c.options != nil {
		err = s.readOptions(c, args)
	}
	if !answered && err == nil {
		err = c.Run(s, args)
	}
	s.Options.forget()
	if err != nil {
		if err == ErrLater {
			return false
		}
		if text := s.fail(err); s.engine.refuses != nil && s.engine.refuses(text) {
			c.numbers.Reject()
			s.settle()
			return true
		}
		c.numbers.Fail()
	}
	if s.engine.monitors.n.Load() != 0 && !c.hidden {
		s.engine.monitors.feed(s, c, words)
	}
	s.settle()
	s.finish(c, words) // last: what others are told takes the time of who tells it
	return true
}

// readOptions reads the options among args, which begin after the name of c.
func (s *Session) readOptions(c *Command, args [][]byte) error {
	if s.Options == nil {
		if len(args) == len(c.options.places) && c.options.choice == nil && c.KeyCount == 0 {
			return nil // there are none
		}
		s.Options = new(Options)
	}
	return s.Options.read(c.options, args)
}

// fail replies with err, counts it and returns what was replied.
func (s *Session) fail(err error) Error {
	text, ok := err.(Error) // never wrapped
	if !ok {
		text = s.engine.phrase(err)
	}
	code, _, _ := strings.Cut(string(text), " ")
	s.engine.errors.add(code)
	s.Conn.Error(string(text))
	return text
}

// Wanted tells whether the command at hand is still to be done, if it changes nothing
// before its end: somebody waits for its reply, or for what is executed with it.
func (s *Session) Wanted() bool { return !s.Gone() || s.within }

// Note implements [resp.Session].
func (s *Session) Note(changes *journal.Batch) {
	s.notes = changes
	s.State.Note(changes)
}

// Settle implements [resp.Session].
func (s *Session) Settle() {
	s.settleNow()
	s.endBroadcast()
}

// EndBatch implements [resp.Session].
func (s *Session) EndBatch() {
	s.endMeter()
	s.Options.forget() // as the next, for a handler that has panicked
	if s.settle(); len(s.changes.broadcast) > 0 && !(s.engine.caches.overheard() && s.SettleLater()) {
		s.endBroadcast()
	}
	s.changes.report(s.engine)
	s.lookups.report(s.engine)
	s.State.EndBatch()
	s.Publish()
}

// Publish notes for others what the session is doing. It is called at the end of
// a batch, and by a command that tells of sessions.
func (s *Session) Publish() {
	if s.last != nil {
		s.note(&s.last.Lower, s.Protocol())
	}
}

// Close implements [resp.Session].
func (s *Session) Close() {
	s.Settle()
	s.changes.report(s.engine)
	s.lookups.report(s.engine)
	s.engine.monitors.remove(s)
	s.Untrack()
	s.State.Close()
}

package engine

// transaction is what a connection has queued since MULTI.
type transaction struct {
	queue  []queued
	bytes  int
	dirty  bool // a command could not be queued: EXEC will refuse
	long   bool // it may hold up other clients
	writes bool // it may change something
}

type queued struct {
	command *Command
	names   int // of words that name it
	words   [][]byte
}

// fewQueued is how many quick commands a loop executes in one go, and
// fewQueuedBytes how many bytes they have.
const (
	fewQueued      = 64
	fewQueuedBytes = 64 << 10
)

// What a queued command and an argument of it take beside their bytes.
const (
	queuedBytes   = 64
	argumentBytes = 32
)

// enqueue keeps a copy of the command: its bytes are gone after this call.
func (s *Session) enqueue(c *Command, names int, words [][]byte) {
	t := s.queue
	size := queuedBytes
	for _, w := range words {
		size += len(w) + argumentBytes
	}
	var err error
	switch {
	case c.noMulti:
		err = ErrInMulti
	case !s.Hold(size):
		err = ErrQueueFull
	}
	if err != nil {
		t.dirty = true
		c.numbers.Reject()
		s.fail(err)
		return
	}
	kept := make([][]byte, len(words))
	for i, w := range words {
		kept[i] = append([]byte{}, w...)
	}
	t.queue = append(t.queue, queued{c, names, kept})
	t.bytes += size
	t.writes = t.writes || c.writes
	// EXEC cannot leave the loop half-way.
	t.long = t.long || c.Long || c.Uneven || c.anybody || !c.quick(len(words)) || len(t.queue) > fewQueued || t.bytes > fewQueuedBytes
	s.Describe(func(p *Profile) { p.Queued = len(t.queue) })
	s.SimpleString("QUEUED")
}

// Multi begins to queue commands.
func (s *Session) Multi() error {
	if s.queue != nil {
		return ErrNestedMulti
	}
	s.queue = new(transaction)
	s.Describe(func(p *Profile) { p.Queued = 0 })
	return nil
}

// Exec replies with an array of the replies of the queued commands, which it
// executes in order.
func (s *Session) Exec() error {
	t := s.queue
	if t == nil {
		return ErrExecWithoutMulti
	}
	if t.long && !t.dirty && s.LeaveLoop() {
		return ErrLater
	}
	defer s.LetGo() // whoever does not read the replies still has all of the queue
	s.endMulti()
	if t.dirty {
		return ErrExecAbort
	}
	s.Array(len(t.queue)) // from here on no command leaves its loop
	s.notes.Append()      // there is room for what follows, so that it is one block of the log
	s.Together(func() {
		s.within = true
		defer func() { s.within = false }()
		for _, q := range t.queue {
			if s.Gone() && q.command.reads { // what changes something is executed on any outcome
				continue
			}
			s.call(q.command, q.names, q.words)
		}
	})
	s.announced = min(s.announced, 1)
	return nil
}

// Discard forgets the queued commands.
func (s *Session) Discard() error {
	if s.queue == nil {
		return ErrDiscardNoMulti
	}
	s.leaveMulti()
	return nil
}

// leaveMulti ends the queueing of commands, if there is any.
func (s *Session) leaveMulti() {
	if s.queue == nil {
		return
	}
	s.endMulti()
	s.LetGo()
}

func (s *Session) endMulti() {
	s.queue = nil
	s.Describe(func(p *Profile) { p.Queued = -1 })
}

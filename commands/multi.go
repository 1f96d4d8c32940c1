package commands

import "github.com/prefixtracker/prefixtracker/resp"

// MULTI: from here on commands are queued.
var multiSpec = &Spec{
	Name: "MULTI", Arity: 1, Flags: []string{"fast"},
	Group:      groupTransactions,
	Summary:    "Begins to queue commands.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "OK",
	Run:        (*Commands).multi,
	Immediate:  true,
}

// EXEC
var execSpec = &Spec{
	Name: "EXEC", Arity: 1,
	Group:      groupTransactions,
	Summary:    "Executes the queued commands in order, all of them; commands of other connections may come in between.",
	Complexity: "that of the commands",
	Since:      "0.1.0",
	Reply:      "array of replies",
	Run:        (*Commands).exec,
	Immediate:  true,
}

// DISCARD
var discardSpec = &Spec{
	Name: "DISCARD", Arity: 1, Flags: []string{"fast"},
	Group:      groupTransactions,
	Summary:    "Forgets the queued commands.",
	Complexity: "O(n) for n commands",
	Since:      "0.1.0",
	Reply:      "OK",
	Run:        (*Commands).discard,
	Immediate:  true,
}

// transaction is what a connection has queued since MULTI.
type transaction struct {
	queue []queued
	bytes int
	dirty bool // a command could not be queued: EXEC will refuse
	long  bool // it may hold up other clients
}

type queued struct {
	spec  *Spec
	words int // of args that name it
	args  [][]byte
}

// enqueue keeps a copy of the command: its bytes are gone after this call.
func (x *Commands) enqueue(c *resp.Conn, s *session, spec *Spec, words int, args [][]byte) {
	m := s.multi
	size := queuedBytes
	for _, a := range args {
		size += len(a) + argBytes
	}
	var err error
	switch {
	case spec.noMulti:
		err = errInMulti
	case !c.Hold(size):
		err = errQueueFull
	}
	if err != nil {
		m.dirty = true
		x.metrics[spec.index].rejected.Add(1)
		x.fail(c, err)
		return
	}
	kept := make([][]byte, len(args))
	for i, a := range args {
		kept[i] = append([]byte{}, a...)
	}
	m.queue = append(m.queue, queued{spec, words, kept})
	// EXEC cannot leave the loop half-way.
	m.bytes += size
	m.long = m.long || spec.Long || spec.anybody || !spec.short(len(args)) || len(m.queue) > fewQueued || m.bytes > loopMessage
	c.Describe(func(p *resp.Profile) { p.Queued = len(m.queue) })
	c.SimpleString("QUEUED")
}

// fewQueued is how many short commands a loop executes in one go.
const fewQueued = 64

// What a queued command and an argument of it take beside their bytes.
const (
	queuedBytes = 64
	argBytes    = 32
)

func (x *Commands) multi(c *resp.Conn, _ [][]byte) error {
	s := sessionOf(c)
	if s.multi != nil {
		return errNestedMulti
	}
	s.multi = new(transaction)
	c.Describe(func(p *resp.Profile) { p.Queued = 0 })
	c.OK()
	return nil
}

func (x *Commands) exec(c *resp.Conn, _ [][]byte) error {
	s := sessionOf(c)
	m := s.multi
	if m == nil {
		return errExecWithoutMulti
	}
	s.leaveMulti(c)
	if m.dirty {
		return errExecAbort
	}
	c.Array(len(m.queue))
	c.Stay(true)
	defer c.Stay(false)
	for _, q := range m.queue {
		if q.spec.reads && c.Gone() { // what changes something is executed on any outcome
			continue
		}
		x.call(c, s, q.spec, q.words, q.args)
	}
	return nil
}

func (x *Commands) discard(c *resp.Conn, _ [][]byte) error {
	s := sessionOf(c)
	if s.multi == nil {
		return errDiscardWithoutMulti
	}
	s.leaveMulti(c)
	c.OK()
	return nil
}

// leaveMulti ends the queueing of commands.
func (s *session) leaveMulti(c *resp.Conn) {
	s.multi = nil
	c.LetGo()
	c.Describe(func(p *resp.Profile) { p.Queued = -1 })
}

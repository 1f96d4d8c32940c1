package commands

import (
	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// Options are the settings of the command layer.
type Options struct {
	// MaxCount caps COUNT in hand-outs and iteration.
	MaxCount int
	// Version of the program, for HELLO and INFO.
	Version string
}

// Commands answers the commands of all connections on one registry. It is a
// [resp.Handler].
type Commands struct {
	registry *tracker.Registry
	options  Options
	specs    []*Spec
	index    index
	subs     map[*Spec]index
}

// New returns the command layer over registry.
func New(registry *tracker.Registry, options Options) *Commands {
	specs := table()
	x := &Commands{
		registry: registry,
		options:  options,
		specs:    specs,
		index:    newIndex(specs),
		subs:     make(map[*Spec]index),
	}
	for _, s := range specs {
		if s.Subs != nil {
			x.subs[s] = newIndex(s.Subs)
		}
	}
	return x
}

// ServeRESP implements [resp.Handler].
func (x *Commands) ServeRESP(c *resp.Conn, args [][]byte) {
	spec := x.index.find(args[0])
	if spec == nil {
		fail(c, errUnknownCommand(args))
		return
	}
	n := 1
	if spec.Subs != nil && len(args) > 1 {
		parent := spec
		if spec = x.subs[parent].find(args[1]); spec == nil {
			fail(c, errUnknownSubcommand(parent, args[1]))
			return
		}
		n = 2
	}
	if !spec.accepts(len(args)) {
		fail(c, errArity(spec.Name))
		return
	}
	spec.Run(x, c, args[n:])
}

// session is the memory that a connection's commands reuse.
type session struct {
	runs []bitmap.Run
	key  []byte
}

func sessionOf(c *resp.Conn) *session {
	s, ok := c.Session.(*session)
	if !ok {
		s = new(session)
		c.Session = s
	}
	return s
}

// keepRuns is the largest run buffer that a connection keeps.
const keepRuns = 4096

func (s *session) keep(runs []bitmap.Run) {
	if cap(runs) <= keepRuns {
		s.runs = runs[:0]
	}
}

package commands

import (
	"time"

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
	deleters *tracker.Deleters
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
		deleters: tracker.NewDeleters(time.Now),
		options:  options,
		specs:    specs,
		index:    newIndex(specs),
		subs:     make(map[*Spec]index),
	}
	for _, s := range specs {
		if s.Subs != nil {
			x.subs[s] = newIndex(s.Subs)
			x.subs[s]["HELP"] = s.help()
		}
	}
	return x
}

// ServeRESP implements [resp.Handler].
func (x *Commands) ServeRESP(c *resp.Conn, args [][]byte) {
	spec, words, err := x.resolve(args)
	m := sessionOf(c).multi
	switch {
	case err != nil:
		if m != nil {
			m.dirty = true
		}
	case m != nil && !spec.Immediate:
		m.enqueue(spec.Run, args[words:])
		c.SimpleString("QUEUED")
	default:
		err = spec.Run(x, c, args[words:])
	}
	if err != nil {
		fail(c, err)
	}
}

// resolve returns the spec that answers args and how many words name it.
func (x *Commands) resolve(args [][]byte) (spec *Spec, words int, err error) {
	if spec = x.index.find(args[0]); spec == nil {
		return nil, 0, errUnknownCommand(args)
	}
	words = 1
	if spec.Subs != nil && len(args) > 1 {
		parent := spec
		if spec = x.subs[parent].find(args[1]); spec == nil {
			return nil, 0, errUnknownSubcommand(parent, args[1])
		}
		words = 2
	}
	if !spec.accepts(len(args)) {
		return nil, 0, errArity(spec.Name)
	}
	return spec, words, nil
}

// onPrefix makes a handler of one that takes a prefix first.
func onPrefix(h func(x *Commands, c *resp.Conn, prefix string, args [][]byte) error) Handler {
	return func(x *Commands, c *resp.Conn, args [][]byte) error {
		prefix, err := parsePrefix(args[0])
		if err != nil {
			return err
		}
		return h(x, c, prefix, args[1:])
	}
}

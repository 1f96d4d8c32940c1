package commands

import (
	"crypto/rand"
	"encoding/hex"
	"sync/atomic"
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
	// Server is how the server treats its clients, for CONFIG GET.
	Server resp.Config
	// Debug says who may use DEBUG; "" is nobody.
	Debug DebugAccess
	// Shutdown asks the program to stop, for SHUTDOWN; nil refuses it.
	Shutdown func()
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
	started  time.Time
	metrics  []metrics // by Spec.index
	errors   errorCounts
	slowlog  slowLog
	latency  latencyEvents
	monitors monitors
	caches   caches
	runID    string
	peak     atomic.Uint64 // of heapInUse, as far as INFO has looked
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
		started:  time.Now(),
		metrics:  make([]metrics, number(specs)),
		runID:    newRunID(),
	}
	x.slowlog.init()
	for _, s := range specs {
		if s.Subs != nil {
			x.subs[s] = newIndex(s.Subs)
			x.subs[s]["HELP"] = s.help
		}
	}
	return x
}

// newRunID returns 40 random hexadecimal digits, as Redis has them.
func newRunID() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // it does not fail
	return hex.EncodeToString(b[:])
}

// manyArguments are so many that to act on them may hold up other clients.
const manyArguments = 4096

// ServeRESP implements [resp.Handler].
func (x *Commands) ServeRESP(c *resp.Conn, args [][]byte) {
	s := sessionOf(c)
	spec, words, err := x.resolve(c, args)
	switch {
	case err != nil:
		if spec != nil {
			x.metrics[spec.index].rejected.Add(1)
		}
		if s.multi != nil {
			s.multi.dirty = true
		}
		x.fail(c, err)
	case len(args) > manyArguments && c.LeaveLoop():
		return // to come again
	case s.multi != nil && !spec.Immediate:
		x.enqueue(c, s, spec, words, args)
	case (spec.Long || spec == execSpec && s.multi != nil && s.multi.long) && c.LeaveLoop():
		return // to come again
	default:
		if !x.call(c, s, spec, words, args) {
			return // to come again
		}
	}
	if s.caching && s.multi == nil && spec != clientCachingSpec {
		s.caching = false
	}
	if s.skip != 0 {
		s.skipReply(c)
	}
}

// call executes a command, counts it, shows it to the monitors and tells those
// who keep replies. words of args name it. It reports false when the command
// has not been executed, to be executed later.
func (x *Commands) call(c *resp.Conn, s *session, spec *Spec, words int, args [][]byte) (done bool) {
	if s.caching && spec.reads {
		s.reader = true
		x.caches.remember(c, s.noLoop, spec, args)
	}
	x.begin(c, &s.meter, spec)
	s.last = spec
	err := spec.Run(x, c, args[words:])
	if err == errLater {
		return false
	}
	if err != nil {
		x.metrics[spec.index].failed.Add(1)
		x.fail(c, err)
	}
	x.finish(c, &s.meter, spec, args)
	if x.monitors.n.Load() != 0 && !spec.hidden {
		x.monitors.feed(c, spec, args)
	}
	if spec.writes && x.caches.watched.Load() != 0 {
		for key := range spec.keys(args) {
			x.caches.changed(c, view(key))
		}
	}
	return true
}

// resolve returns the spec that answers args and how many words name it. With
// an error the spec may still be known.
func (x *Commands) resolve(c *resp.Conn, args [][]byte) (spec *Spec, words int, err error) {
	// A client mostly says the same again, in the same letters.
	s := sessionOf(c)
	if s.word != "" && string(args[0]) == s.word {
		spec = s.named
	} else {
		if spec = x.index.find(args[0]); spec == nil {
			return nil, 0, errUnknownCommand(args)
		}
		s.word, s.named = spec.spelling(args[0]), spec
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
		return spec, 0, errArity(spec.Name)
	}
	if !c.Authenticated() && !spec.anybody {
		return spec, 0, errNoAuth
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

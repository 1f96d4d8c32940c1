package engine

import (
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
)

// Engine executes the commands of all connections. It is a [resp.Handler], and
// safe for concurrent use.
type Engine struct {
	commands []*Command
	index    index
	open     func(*Session) State
	phrase   func(error) Error
	refuses  func(Error) bool
	started  time.Time

	loading  loading
	errors   errorCounts
	slowLog  *SlowLog
	latency  *Latency
	monitors monitors
	caches   caches
	// As far as batches have ended:
	changes      atomic.Uint64 // keys changed
	hits, misses atomic.Uint64 // reads that found their key, and that did not
}

// Config is what an Engine is made with.
type Config struct {
	// Specs are the commands, in the order of the documents.
	Specs []*Spec
	// Open returns what the handlers keep of a connection.
	Open func(*Session) State
	// Phrase returns the text for the client of an error that is no [Error].
	Phrase func(error) Error
	// Refuses tells the errors with which a command is not let in, though it is
	// only its handler that knows, from those with which it fails: it is not
	// counted as a call. nil is none.
	Refuses func(Error) bool
	// Loading: what was kept is yet to be read, and [Engine.Loaded] will say when it
	// is.
	Loading bool
	// LongestKey is how many bytes a key has at most that commands know.
	LongestKey int
	// SlowLog and Latency are where commands that take long are noted; nil are
	// new ones.
	SlowLog *SlowLog
	Latency *Latency
}

// State is what the handlers keep of a connection.
type State interface {
	// Note says where to note what is changed from now on; nil is nowhere.
	Note(changes *journal.Batch)
	// EndBatch is called when everything that the client has sent so far is
	// answered.
	EndBatch()
	// Close is called when the connection has ended. It must not wait, nor work
	// in proportion to what the client has made it keep.
	Close()
}

// New returns an Engine.
func New(config Config) *Engine {
	e := &Engine{open: config.Open, phrase: config.Phrase, refuses: config.Refuses, slowLog: config.SlowLog, latency: config.Latency, started: time.Now()}
	e.caches.longest = config.LongestKey
	e.loading.began = e.started
	e.loading.goesOn.Store(config.Loading)
	for _, spec := range config.Specs {
		e.commands = append(e.commands, newCommand(spec))
	}
	e.index = newIndex(e.commands)
	if e.slowLog == nil {
		e.slowLog = NewSlowLog()
	}
	if e.latency == nil {
		e.latency = NewLatency()
	}
	return e
}

// Commands returns all commands in the order of the documents, without
// subcommands.
func (e *Engine) Commands() []*Command { return e.commands }

// Find returns the command with that name in any letters, nil if there is none.
func (e *Engine) Find(name []byte) *Command { return e.index.find(name) }

// Walk calls visit with commands and their subcommands; those that list the
// others come only if help says so.
func Walk(commands []*Command, help bool, visit func(*Command)) {
	for _, c := range commands {
		visit(c)
		Walk(c.Subs, help, visit)
		if help && c.Help != nil {
			visit(c.Help)
		}
	}
}

// SlowLog returns the log of commands that took long.
func (e *Engine) SlowLog() *SlowLog { return e.slowLog }

// Latency returns the events of commands that took long.
func (e *Engine) Latency() *Latency { return e.latency }

// ResetNumbers sets what counts since the start to 0.
func (e *Engine) ResetNumbers() {
	Walk(e.commands, true, func(c *Command) { c.numbers.Reset() })
	e.errors.reset()
	e.hits.Store(0)
	e.misses.Store(0)
}

// Figures fills in what the engine knows.
func (e *Engine) Figures(f *observe.Figures) {
	Walk(e.commands, true, func(c *Command) { f.Commands = append(f.Commands, c.numbers.Read(c.Lower)) })
	f.Errors = e.errors.read()
	f.Clients.Tracking = int(e.caches.clients.Load())
	f.Clients.Monitoring = int(e.monitors.n.Load())
	f.Keyspace.Changes = e.changes.Load()
	f.Keyspace.Hits, f.Keyspace.Misses = e.hits.Load(), e.misses.Load()
	f.Caching = e.caches.figures()
	f.Loading = e.loading.figures()
}

// Changes is how often something was changed that can be read of a key, as far as
// batches have ended.
func (e *Engine) Changes() uint64 { return e.changes.Load() }

// now is the engine's clock, which nobody sets. To look at it costs half of what
// time.Now does.
func (e *Engine) now() time.Duration { return time.Since(e.started) }

// Open implements [resp.Handler].
func (e *Engine) Open(c *resp.Conn) resp.Session {
	s := &Session{Conn: c, engine: e}
	s.is.Queued = -1
	s.State = e.open(s)
	return s
}

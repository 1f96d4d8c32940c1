package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// Commands are all commands over one registry. It is a [resp.Handler].
type Commands struct {
	*engine.Engine
	vocabulary *vocabulary
}

// Figures reads all numbers of the server, which INFO prints.
func (c *Commands) Figures(server *resp.Server) *observe.Figures {
	return c.vocabulary.figures(server, c.Engine)
}

// New returns an engine that answers all commands over registry, which is told
// to it with this call alone.
func New(registry *tracker.Registry, options Options) *Commands {
	v := newVocabulary(registry, options)
	e := engine.New(engine.Config{
		Specs: table, Open: v.open, Phrase: phrase, Refuses: refuses, LongestKey: tracker.MaxPrefixLen, SlowLog: options.SlowLog, Latency: options.Latency,
		Loading: options.Loading,
	})
	if options.NoCreate {
		registry.CreateOnlyOnPurpose()
	}
	registry.Notify(ends{e})
	return &Commands{e, v}
}

// Recorder passes on what changes without a command.
func (c *Commands) Recorder() tracker.Recorder { return ends{c.Engine} }

// ends passes on what changes without a command: things held that end by time
// or with their connection, and what a sync does.
type ends struct{ engine *engine.Engine }

// Changed implements [tracker.Recorder].
func (r ends) Changed(t *tracker.Tracker) { r.engine.Changed(t.Prefix()) }

// ChangedAll implements [tracker.Recorder]. Only commands flush.
func (r ends) ChangedAll() {}

var _ resp.Handler = (*Commands)(nil)

package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The registry as the handlers ask it. A batch is mostly about one prefix, so
// each connection of a loop has a finder, which forgets at the end of the batch.
// Elsewhere a batch may wait for its client, for as long as he likes, and
// nothing may keep a dropped tracker in memory for so long.

// tracker returns the tracker of prefix, or nil.
func (x *Commands) tracker(c *resp.Conn, prefix string) *tracker.Tracker {
	if !c.OnLoop() {
		return x.registry.Get(prefix)
	}
	return sessionOf(c).finder.Get(x.registry, prefix)
}

// trackerOrNone returns the tracker of prefix, or an empty one to be left as it
// is.
func (x *Commands) trackerOrNone(c *resp.Conn, prefix string) *tracker.Tracker {
	if t := x.tracker(c, prefix); t != nil {
		return t
	}
	return x.registry.None()
}

// readyTracker returns the tracker of prefix, made if need be, when secure has
// got from it what the command needs.
func (x *Commands) readyTracker(c *resp.Conn, prefix string, secure func(*tracker.Tracker) error) (*tracker.Tracker, error) {
	if t := x.tracker(c, prefix); t != nil {
		return t, secure(t)
	}
	return x.registry.GetOrCreateReady(prefix, secure)
}

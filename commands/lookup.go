package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The registry as the handlers ask it. A batch is mostly about one prefix, so
// each connection has a finder, which forgets at the end of the batch.

// tracker returns the tracker of prefix, or nil.
func (x *Commands) tracker(c *resp.Conn, prefix string) *tracker.Tracker {
	return sessionOf(c).finder.Get(x.registry, prefix)
}

// trackerOrNone returns the tracker of prefix, or an empty one to be left as it
// is.
func (x *Commands) trackerOrNone(c *resp.Conn, prefix string) *tracker.Tracker {
	return sessionOf(c).finder.GetOrNone(x.registry, prefix)
}

// readyTracker returns the tracker of prefix, made if need be, when secure has
// got from it what the command needs.
func (x *Commands) readyTracker(c *resp.Conn, prefix string, secure func(*tracker.Tracker) error) (*tracker.Tracker, error) {
	return sessionOf(c).finder.GetOrCreateReady(x.registry, prefix, secure)
}

package tracker

import "github.com/prefixtracker/prefixtracker/journal"

// Recorder is told what the operations of a [Caller] have changed: on the
// goroutine of the call, before it returns, with no lock held. It may be told
// several times of one operation, and is not told of one that changed nothing.
type Recorder interface {
	// Changed says that something is different about t: its IDs, its being
	// there or not, or anything that Stats or Deleting show.
	Changed(t *Tracker)
	// ChangedAll says that all trackers have left the registry.
	ChangedAll()
}

// Caller is one client of a [Registry], for example a connection. What it does
// is told to its Recorder, and what is opened for it may end with it. It
// remembers the tracker it asked for last: who mostly asks for the same one has
// names compared instead of hashed.
//
// A Caller is for one goroutine at a time, but for Close.
type Caller struct {
	registry *Registry
	to       Recorder // nil for nobody
	last     *Tracker
	removals uint64 // the registry's, from before last was found
	held     group  // what ends with this Caller
	place    place
	line     uint32 // of the registry's takers
	batch    bool
	inside   *takerLine // nil while it takes nothing
	notes    *journal.Batch
}

// Caller returns a new client of r whose changes are told to to, which may be
// nil.
func (r *Registry) Caller(to Recorder) *Caller {
	return &Caller{registry: r, to: to, line: r.takers.next.Add(1)}
}

// Note has the Caller note in b what it changes from now on; nil for nobody.
func (c *Caller) Note(b *journal.Batch) { c.notes = b }

// tell tells the Recorder of t if it has changed.
func (c *Caller) tell(t *Tracker, changed bool) {
	if changed && c.to != nil {
		c.to.Changed(t)
	}
}

// get returns the tracker of prefix, or nil: what the registry has at the moment
// of the call. It keeps no reference to prefix.
func (c *Caller) get(prefix string) *Tracker {
	if t := c.last; t != nil && t.Prefix() == prefix && c.removals == c.registry.removals.Load() {
		return t
	}
	return c.look(prefix)
}

func (c *Caller) look(prefix string) *Tracker {
	c.removals = c.registry.removals.Load() // before the look
	c.last = c.registry.Get(prefix)
	return c.last
}

// Forget lets go of the tracker that was found last: else a Caller may keep one
// in memory that has left the registry.
func (c *Caller) Forget() { c.last = nil }

// At returns the tracker of prefix to work with, whether the registry has one at
// the moment of the call or not. The Handle is for use while the bytes of prefix
// stand; beyond it no reference to them is kept.
func (c *Caller) At(prefix string) Handle { return Handle{caller: c, t: c.get(prefix), prefix: prefix} }

// Create makes a tracker and returns it, to read from. When the prefix is taken it
// returns the one that is there, and [ErrExists]. Other errors are those of
// [Registry.Create].
func (c *Caller) Create(prefix string, config Config) (Reader, error) {
	c.notes.Open()
	t, err := c.registry.Create(prefix, config)
	if t == nil {
		return nil, err
	}
	c.tell(t, err == nil)
	return t, err
}

// Drop removes the tracker of prefix with its IDs and reports whether there was
// one. What is held of it ends.
func (c *Caller) Drop(prefix string) bool {
	c.notes.Open()
	t := c.registry.Drop(prefix)
	if t != nil {
		t.empty()
	}
	c.tell(t, t != nil)
	return t != nil
}

// Clear takes all trackers out of the registry and returns how many there were.
// What is held of them ends.
func (c *Caller) Clear() int {
	c.notes.Open()
	n := c.registry.Clear()
	if n > 0 && c.to != nil {
		c.to.ChangedAll()
	}
	return n
}

// Close ends what was opened to end with this Caller, in O(1) however much that
// is. It may be called from any goroutine, and again; operations in flight
// finish.
func (c *Caller) Close() { c.registry.holds.endAll(&c.held) }

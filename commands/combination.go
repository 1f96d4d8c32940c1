package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// Commands that make one set of several read them word by word: what others change
// meanwhile may be in the result or not. They are long, and end when nobody wants
// them any more.

var argDestination = &engine.Arg{Name: "destination", Type: engine.Key}

// combine returns what op makes of the IDs under keys; those that are not there have
// none.
func (c *session) combine(op tracker.Operation, keys [][]byte) (*tracker.Combination, error) {
	for _, k := range keys {
		if !isPrefix(k) {
			return nil, tracker.ErrInvalidPrefix
		}
	}
	k, err := c.caller.Combine(op, keys, aside{c})
	if err != nil {
		return nil, err
	}
	for i := range keys {
		c.Looked(k.Found(i))
	}
	return k, nil
}

// aside is the client of work that changes nothing before its end: that is wanted by who
// has left in a transaction, too, for what is behind it there is executed.
type aside struct{ *session }

// Gone implements [tracker.Client].
func (a aside) Gone() bool { return !a.Wanted() }

// store has the tracker of key be what k has, and returns how many IDs that are; ok is
// false when nobody wants to know any more, and nothing has changed.
func (c *session) store(key []byte, k *tracker.Combination) (n uint64, ok bool, err error) {
	if !isPrefix(key) {
		return 0, false, tracker.ErrInvalidPrefix
	}
	n, err = c.caller.Store(key, k)
	return n, !k.Stopped(), err
}

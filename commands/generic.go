package commands

import (
	"errors"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The generic key commands: trackers are the keys, named by their prefixes.

// typeName is the TYPE of a tracker: tools know from it that they may ask for its
// SCARD and its members.
const typeName = "set"

// del answers DEL and UNLINK.
func del(c *session, args [][]byte) error {
	c.Int(c.drop(args))
	return nil
}

// ttl answers TTL and PTTL.
func ttl(c *session, args [][]byte) error {
	if !c.there(args[0]) {
		c.Int(-2)
	} else {
		c.Int(-1)
	}
	return nil
}

// optFlushMode is there for clients that say it: both mean the same here.
var optFlushMode = &engine.Arg{Name: "mode", Type: engine.OneOf, Optional: true, Args: []*engine.Arg{
	engine.Token("ASYNC"), engine.Token("SYNC")}}

// flush answers FLUSHALL and FLUSHDB.
func flush(c *session, args [][]byte) error {
	if len(args) > 1 {
		return engine.ErrSyntax
	}
	c.caller.Clear()
	c.OK()
	return nil
}

var argNewKey = &engine.Arg{Name: "newkey", Type: engine.Key}

// rename is what RENAME and RENAMENX do; with replace whatever is there.
func (c *session) rename(args [][]byte, replace bool) (renamed bool, err error) {
	if !isPrefix(args[0]) || !isPrefix(args[1]) {
		return false, tracker.ErrInvalidPrefix
	}
	renamed, err = c.caller.Rename(args[0], args[1], replace)
	if errors.Is(err, tracker.ErrNoPrefix) {
		err = errNoSuchKey
	}
	return renamed, err
}

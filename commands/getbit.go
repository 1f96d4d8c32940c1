package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// GETBIT key offset
var getBitSpec = &engine.Spec{
	Name: "GETBIT", Arity: 3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupBitmap, Summary: "Tells whether an ID exists.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "1 or 0",
	Args: []*engine.Arg{argKey, argOffset}, Run: onPrefix(getBit),
}

func getBit(c *session, p tracker.Handle, args [][]byte) error {
	id, err := parseOffset(args[0])
	if err != nil {
		return err
	}
	c.Bool(p.Exists(id))
	return nil
}

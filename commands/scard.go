package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SCARD key
var sCardSpec = &engine.Spec{
	Name: "SCARD", Arity: 2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupSet, Summary: "Counts the IDs that exist.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number",
	Args: []*engine.Arg{argKey}, Run: onPrefix(sCard),
}

func sCard(c *session, p tracker.Handle, _ [][]byte) error {
	c.Int(int64(p.Read().Count()))
	return nil
}

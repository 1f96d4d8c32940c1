package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.ADD prefix id [id …]
var ptAddSpec = &engine.Spec{
	Name: "PT.ADD", Arity: -3, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks IDs as existing.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, argIDs},
	Reply:      "number newly added",
	Run:        onPrefix(ptAdd),
}

func ptAdd(c *session, p tracker.Handle, args [][]byte) error {
	ids, err := c.parseIDs(args)
	if err != nil {
		return err
	}
	return c.add(p, ids)
}

package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.MEXISTS prefix id [id …]
var ptMExistsSpec = &engine.Spec{
	Name: "PT.MEXISTS", Arity: -3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Tells of each ID whether it exists.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, argIDs},
	Reply:      "array of 1 or 0, in the order asked",
	Run:        onPrefix(ptMExists),
}

func ptMExists(c *session, p tracker.Handle, args [][]byte) error {
	ids, err := c.parseIDs(args)
	if err != nil {
		return err
	}
	c.Array(len(ids))
	for _, id := range ids {
		c.Bool(p.Exists(id))
	}
	return nil
}

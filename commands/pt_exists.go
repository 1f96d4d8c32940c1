package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.EXISTS prefix id
var ptExistsSpec = &engine.Spec{
	Name: "PT.EXISTS", Arity: 3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Tells whether an ID exists.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, argID},
	Reply:      "1 or 0",
	Run:        onPrefix(ptExists),
}

func ptExists(c *session, p tracker.Handle, args [][]byte) error {
	id, err := parseID(args[0])
	if err != nil {
		return err
	}
	c.Bool(p.Exists(id))
	return nil
}

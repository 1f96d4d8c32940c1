package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.REM prefix id [id …]
var ptRemSpec = &engine.Spec{
	Name: "PT.REM", Arity: -3, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks IDs as not existing.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, argIDs},
	Reply:      "number removed",
	Run:        onPrefix(ptRem),
}

func ptRem(c *session, p tracker.Handle, args [][]byte) error {
	ids, err := c.parseIDs(args)
	if err != nil {
		return err
	}
	c.Int(int64(p.Remove(ids)))
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/engine"

// RENAME key newkey
var renameSpec = &engine.Spec{
	Name: "RENAME", Arity: 3, Flags: []string{"write"},
	FirstKey: 1, LastKey: 2, Step: 1,
	Group:      groupKeyspace,
	Summary:    "Gives a tracker another prefix, in one step: it keeps its IDs, its numbers and what is held of it. One that has that prefix is removed.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argKey, argNewKey},
	Reply:      "OK",
	Run:        run(renameTracker),
}

func renameTracker(c *session, args [][]byte) error {
	if _, err := c.rename(args, true); err != nil {
		return err
	}
	c.OK()
	return nil
}

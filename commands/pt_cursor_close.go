package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.CURSOR CLOSE name
var ptCursorCloseSpec = &engine.Spec{
	Name: "PT.CURSOR|CLOSE", Arity: 3, Flags: []string{"write", "fast"},
	Group:      groupIteration,
	Summary:    "Ends a shared cursor, with all its leases.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argCursorName},
	Reply:      "1, or 0 if there was none",
	Run:        run(ptCursorClose),
}

func ptCursorClose(c *session, args [][]byte) error {
	c.Bool(c.caller.CloseCursor(view(args[0])))
	return nil
}

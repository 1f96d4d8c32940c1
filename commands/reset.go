package commands

import "github.com/prefixtracker/prefixtracker/engine"

// RESET
var resetSpec = &engine.Spec{
	Name: "RESET", Arity: 1, Flags: []string{"loading", "fast", "no_auth"},
	Group:      groupConnection,
	Summary:    "Makes the connection as new: RESP2, no name, nothing queued, no MONITOR, not authenticated.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "RESET",
	Run:        run(reset),
	Immediate:  true,
}

func reset(c *session, _ [][]byte) error {
	c.Reset()
	c.SimpleString("RESET")
	return nil
}

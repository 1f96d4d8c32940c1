package commands

import "github.com/prefixtracker/prefixtracker/engine"

// QUIT
var quitSpec = &engine.Spec{
	Name: "QUIT", Arity: -1, Flags: []string{"loading", "fast", "no_auth"},
	Group:      groupConnection,
	Summary:    "Closes the connection.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "OK",
	Run:        run(quit),
	Immediate:  true,
}

func quit(c *session, _ [][]byte) error {
	c.OK()
	c.CloseAfterReply()
	return nil
}

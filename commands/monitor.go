package commands

import "github.com/prefixtracker/prefixtracker/engine"

// MONITOR
var monitorSpec = &engine.Spec{
	Name: "MONITOR", Arity: 1, Flags: []string{"admin", "loading"},
	Long:       true,
	Group:      groupServer,
	Summary:    "Shows every command that any connection sends, until RESET.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "OK, then a line for each command",
	Run:        run(monitor),
}

func monitor(c *session, _ [][]byte) error {
	c.OK()
	c.Monitor()
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/engine"

// ROLE
var roleSpec = &engine.Spec{
	Name: "ROLE", Arity: 1, Flags: []string{"loading", "fast"},
	Group: groupServer, Categories: []string{"admin", "dangerous"},
	Summary:    "Tells that this server stands alone.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "array of master, 0, no replicas",
	Run:        run(role),
}

func role(c *session, _ [][]byte) error {
	c.Array(3)
	c.BulkString("master")
	c.Int(0)
	c.Array(0)
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/engine"

// COMMAND COUNT
var commandCountSpec = &engine.Spec{
	Name: "COMMAND|COUNT", Arity: 2, Flags: []string{"loading", "fast"},
	Group: groupServer, Categories: []string{"connection"}, Summary: "Returns the number of commands.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number",
	Run: run(commandCount),
}

func commandCount(c *session, _ [][]byte) error {
	c.Int(int64(len(c.Engine().Commands())))
	return nil
}

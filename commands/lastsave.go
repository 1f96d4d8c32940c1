package commands

import "github.com/prefixtracker/prefixtracker/engine"

// LASTSAVE
var lastSaveSpec = &engine.Spec{
	Name: "LASTSAVE", Arity: 1, Flags: []string{"loading", "fast"},
	Group: groupServer, Categories: []string{"admin", "dangerous"},
	Summary:    "Returns when the last backup was made that is whole, since the start; without one when that was.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "Unix seconds",
	Run: run(saved),
}

func saved(c *session, _ [][]byte) error {
	s := c.Log().Status()
	c.Int(lastSave(&s, c.started).Unix())
	return nil
}

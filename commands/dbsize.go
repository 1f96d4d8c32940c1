package commands

import "github.com/prefixtracker/prefixtracker/engine"

// DBSIZE
var dbSizeSpec = &engine.Spec{
	Name: "DBSIZE", Arity: 1, Flags: []string{"readonly", "fast"},
	Group: groupKeyspace, Summary: "Counts the trackers.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number", Run: run(dbSize),
}

func dbSize(c *session, _ [][]byte) error {
	c.Int(int64(c.registry.Len()))
	return nil
}

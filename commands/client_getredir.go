package commands

import "github.com/prefixtracker/prefixtracker/engine"

// CLIENT GETREDIR
var clientGetRedirSpec = &engine.Spec{
	Name: "CLIENT|GETREDIR", Arity: 2, Flags: []string{"loading"},
	Group: groupConnection, Summary: "Returns to which client it is told what changes: 0 for the connection itself, -1 when it is not told.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number",
	Run: run(clientGetRedir),
}

func clientGetRedir(c *session, _ [][]byte) error {
	c.Int(redirection(c.Tracking()))
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/engine"

// CLIENT INFO
var clientInfoSpec = &engine.Spec{
	Name: "CLIENT|INFO", Arity: 2, Flags: []string{"loading"},
	Group: groupConnection, Summary: "Describes the connection.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "text",
	Run: run(clientInfo),
}

func clientInfo(c *session, _ [][]byte) error {
	c.Publish()
	c.NoteUsage()
	c.Verbatim(describe(c.Session))
	return nil
}

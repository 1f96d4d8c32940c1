package commands

import "github.com/prefixtracker/prefixtracker/resp"

// RESET
var resetSpec = &Spec{
	Name: "RESET", Arity: 1, Flags: []string{"fast"},
	Group:      groupConnection,
	Summary:    "Makes the connection as new: RESP2, no name, nothing queued.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "RESET",
	Run:        (*Commands).reset,
	Immediate:  true,
}

func (x *Commands) reset(c *resp.Conn, _ [][]byte) error {
	sessionOf(c).multi = nil
	c.Name = ""
	c.SetProtocol(2)
	c.SimpleString("RESET")
	return nil
}

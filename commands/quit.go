package commands

import "github.com/prefixtracker/prefixtracker/resp"

// QUIT
var quitSpec = &Spec{
	Name: "QUIT", Arity: -1, Flags: []string{"fast", "no_auth"},
	Group:      groupConnection,
	Summary:    "Closes the connection.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "OK",
	Run:        (*Commands).quit,
	Immediate:  true,
}

func (x *Commands) quit(c *resp.Conn, _ [][]byte) error {
	c.OK()
	c.CloseAfterReply()
	return nil
}

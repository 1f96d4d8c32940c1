package commands

import "github.com/prefixtracker/prefixtracker/resp"

// ECHO message
var echoSpec = &Spec{
	Name: "ECHO", Arity: 2, Flags: []string{"fast"},
	Group:      groupConnection,
	Summary:    "Returns the message.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "message", Type: ArgString}},
	Reply:      "the message",
	Run:        (*Commands).echo,
}

func (x *Commands) echo(c *resp.Conn, args [][]byte) error {
	if len(args[0]) > loopMessage && c.LeaveLoop() {
		return errLater
	}
	c.Bulk(args[0])
	return nil
}

// loopMessage is how long a message may be that a loop echoes.
const loopMessage = 64 << 10

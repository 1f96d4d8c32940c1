package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PING [message]
var pingSpec = &Spec{
	Name: "PING", Arity: -1, Flags: []string{"fast"},
	Group:      groupConnection,
	Summary:    "Answers PONG, or the message.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "message", Type: ArgString, Optional: true}},
	Reply:      "PONG or the message",
	Run:        (*Commands).ping,
}

func (x *Commands) ping(c *resp.Conn, args [][]byte) error {
	switch len(args) {
	case 0:
		c.SimpleString("PONG")
	case 1:
		return x.echo(c, args)
	default:
		return errArity("PING")
	}
	return nil
}

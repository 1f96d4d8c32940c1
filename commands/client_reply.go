package commands

import "github.com/prefixtracker/prefixtracker/engine"

var argReply = &engine.Arg{Name: "action", Type: engine.OneOf, Args: []*engine.Arg{
	engine.Token("ON"), engine.Token("OFF"), engine.Token("SKIP")}}

// CLIENT REPLY ON|OFF|SKIP
var clientReplySpec = &engine.Spec{
	Name: "CLIENT|REPLY", Arity: 3, Flags: []string{"loading", "fast"},
	Group: groupConnection, Summary: "Turns replies on, off, or off for the next command.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "OK for ON, else none",
	Args:    []*engine.Arg{argReply},
	Run:     run(clientReply),
	AsRedis: true,
}

func clientReply(c *session, _ [][]byte) error {
	switch c.Options.Chose(argReply) {
	case "ON":
		c.Speak()
		c.OK()
	case "OFF":
		c.Silence()
	default:
		c.Skip()
	}
	return nil
}

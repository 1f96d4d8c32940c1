package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PING [message]
var pingSpec = &engine.Spec{
	Name: "PING", Arity: -1, Flags: []string{"fast"},
	Group:      groupConnection,
	Summary:    "Answers PONG, or the message.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "message", Type: engine.String, Optional: true}},
	Reply:      "PONG or the message",
	Run:        run(ping),
}

func ping(c *session, args [][]byte) error {
	switch len(args) {
	case 0:
		c.SimpleString("PONG")
		return nil
	case 1:
		return message(c, args)
	default:
		return engine.ErrArity("PING")
	}
}

package commands

import "github.com/prefixtracker/prefixtracker/engine"

// ECHO message
var echoSpec = &engine.Spec{
	Name: "ECHO", Arity: 2, Flags: []string{"loading", "fast"},
	Group:      groupConnection,
	Summary:    "Returns the message.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "message", Type: engine.String}},
	Reply:      "the message",
	Run:        run(message),
}

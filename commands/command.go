package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
)

// COMMAND
var commandSpec = &engine.Spec{
	Name: "COMMAND", Arity: -1, Flags: []string{"loading"},
	Group: groupServer, Categories: []string{"connection"}, Summary: "Describes the commands.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "array of descriptions",
	Run:  run(commandInfo),
	Subs: []*engine.Spec{commandCountSpec, commandDocsSpec, commandGetKeysSpec, commandInfoSpec, commandListSpec},
}

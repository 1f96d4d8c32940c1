package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.CURSOR
var ptCursorSpec = &engine.Spec{
	Name: "PT.CURSOR", Arity: -2,
	Group:      groupIteration,
	Summary:    "Passes over a prefix that any number of workers share.",
	Complexity: "depends on the subcommand",
	Since:      "0.1.0",
	Reply:      "depends on the subcommand",
	Subs: []*engine.Spec{ptCursorCloseSpec, ptCursorInfoSpec, ptCursorListSpec, ptCursorNextSpec, ptCursorOpenSpec,
		ptCursorSeekSpec},
}

package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.SYNC
var ptSyncSpec = &engine.Spec{
	Name: "PT.SYNC", Arity: -2,
	Group:      groupSync,
	Summary:    "Makes prefixes agree with a store.",
	Complexity: "depends on the subcommand",
	Since:      "0.1.0",
	Reply:      "depends on the subcommand",
	Subs:       []*engine.Spec{ptSyncStartSpec, ptSyncStatusSpec, ptSyncStopSpec},
}

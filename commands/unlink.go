package commands

import "github.com/prefixtracker/prefixtracker/engine"

// UNLINK key [key …]
var unlinkSpec = &engine.Spec{
	Name: "UNLINK", Arity: -2, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group: groupKeyspace, Summary: "Removes trackers with all their IDs.",
	Complexity: "O(n) for n keys", Since: "0.1.0", Reply: "number removed", Args: []*engine.Arg{argKeys}, Run: run(del),
}

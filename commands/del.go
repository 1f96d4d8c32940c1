package commands

import "github.com/prefixtracker/prefixtracker/engine"

// DEL key [key …]
var delSpec = &engine.Spec{
	Name: "DEL", Arity: -2, Flags: []string{"write"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group: groupKeyspace, Summary: "Removes trackers with all their IDs.",
	Complexity: "O(n) for n keys", Since: "0.1.0", Reply: "number removed", Args: []*engine.Arg{argKeys}, Run: run(del),
}

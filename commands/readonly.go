package commands

import "github.com/prefixtracker/prefixtracker/engine"

// READONLY
var readOnlySpec = &engine.Spec{
	Name: "READONLY", Arity: 1, Flags: []string{"loading", "fast"},
	Group: groupConnection, Categories: []string{"connection"}, Summary: "Is refused: there is no cluster.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "error",
	Run: run(noCluster),
}

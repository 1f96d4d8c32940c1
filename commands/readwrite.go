package commands

import "github.com/prefixtracker/prefixtracker/engine"

// READWRITE
var readWriteSpec = &engine.Spec{
	Name: "READWRITE", Arity: 1, Flags: []string{"loading", "fast"},
	Group: groupConnection, Categories: []string{"connection"}, Summary: "Is refused: there is no cluster.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "error",
	Run: run(noCluster),
}

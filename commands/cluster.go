package commands

import "github.com/prefixtracker/prefixtracker/engine"

// CLUSTER subcommand [subcommand …]
var clusterSpec = &engine.Spec{
	Name: "CLUSTER", Arity: -2, Flags: []string{"fast"},
	Group: groupConnection, Summary: "Is refused: there is no cluster.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "error",
	Args: []*engine.Arg{{Name: "subcommand", Type: engine.String, Multiple: true}},
	Run:  run(noCluster),
}

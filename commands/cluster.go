package commands

import "github.com/prefixtracker/prefixtracker/resp"

// READONLY · READWRITE · CLUSTER: clients ask, and understand this answer.
var (
	readOnlySpec  = clusterOnlySpec("READONLY", 1)
	readWriteSpec = clusterOnlySpec("READWRITE", 1)
	clusterSpec   = clusterOnlySpec("CLUSTER", -2)
)

func clusterOnlySpec(name string, arity int) *Spec {
	return &Spec{
		Name: name, Arity: arity, Flags: []string{"fast"},
		Group: groupConnection, Summary: "Is refused: there is no cluster.",
		Complexity: "O(1)", Since: "0.1.0", Reply: "error",
		Run: func(*Commands, *resp.Conn, [][]byte) error { return errNoCluster },
	}
}

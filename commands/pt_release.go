package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.RELEASE token [id [id …]]
var ptReleaseSpec = &engine.Spec{
	Name: "PT.RELEASE", Arity: -2, Flags: []string{"write", "fast"},
	Group:      groupHandOut,
	Summary:    "Gives IDs of a lease back, or all that is left of it: what was claimed is free again, what was taken exists again.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argToken, argSome},
	Reply:      "number given back; -NOLEASE after the end of the lease",
	Run:        run(ptRelease),
}

func ptRelease(c *session, args [][]byte) error { return c.settle(args, c.caller.Release) }

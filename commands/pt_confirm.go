package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.CONFIRM token [id [id …]]
var ptConfirmSpec = &engine.Spec{
	Name: "PT.CONFIRM", Arity: -2, Flags: []string{"write", "fast"},
	Group:      groupHandOut,
	Summary:    "Confirms IDs of a lease, or all that is left of it: what was claimed exists from then on, what was taken does not.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argToken, argSome},
	Reply:      "number confirmed; -NOLEASE after the end of the lease",
	Run:        run(ptConfirm),
}

func ptConfirm(c *session, args [][]byte) error { return c.settle(args, c.caller.Confirm) }

package commands

import (
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
)

// PT.RENEW token ms
var ptRenewSpec = &engine.Spec{
	Name: "PT.RENEW", Arity: 3, Flags: []string{"write", "fast"},
	Group:      groupHandOut,
	Summary:    "Gives a lease another time to live, from now on.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argToken, argMS},
	Reply:      "1; -NOLEASE after the end of the lease",
	Run:        run(ptRenew),
}

func ptRenew(c *session, args [][]byte) error {
	ms, err := parseTTL(args[1])
	if err != nil {
		return err
	}
	if err := c.caller.Renew(view(args[0]), time.Duration(ms)*time.Millisecond); err != nil {
		return err
	}
	c.Int(1)
	return nil
}

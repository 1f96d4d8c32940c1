package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.CLAIM prefix id
var ptClaimSpec = &engine.Spec{
	Name: "PT.CLAIM", Arity: 3, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks an ID as existing for the one caller that finds it free.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, argID},
	Reply:      "1 if this call set it, else 0",
	Run:        onPrefix(ptClaim),
}

func ptClaim(c *session, p tracker.Handle, args [][]byte) error {
	id, err := parseID(args[0])
	if err != nil {
		return err
	}
	claimed, err := p.Claim(id)
	if err != nil {
		return err
	}
	c.Bool(claimed)
	return nil
}

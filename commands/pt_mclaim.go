package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.MCLAIM prefix id [id …]
var ptMClaimSpec = &engine.Spec{
	Name: "PT.MCLAIM", Arity: -3, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Claims each ID for the one caller that finds it free; atomic per ID.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, argIDs},
	Reply:      "array of 1 (this call set it) or 0, in the order asked",
	Run:        onPrefix(ptMClaim),
}

func ptMClaim(c *session, p tracker.Handle, args [][]byte) error {
	ids, err := c.parseIDs(args)
	if err != nil {
		return err
	}
	if p.Read().LongAllocation(ids) && c.LeaveLoop() {
		return engine.ErrLater
	}
	claimed, err := p.ClaimAll(c.claimed[:0], ids)
	if err != nil {
		return err
	}
	if cap(claimed) <= maxKeptIDs {
		c.claimed = claimed
	}
	c.Array(len(claimed))
	for _, one := range claimed {
		c.Bool(one)
	}
	return nil
}

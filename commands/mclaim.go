package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.MCLAIM prefix id [id …]
var mClaimSpec = &Spec{
	Name: "PT.MCLAIM", Arity: -3, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Claims each ID for the one caller that finds it free; atomic per ID.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argIDs},
	Reply:      "array of 1 (this call set it) or 0, in the order asked",
	Run:        onPrefix((*Commands).mClaim),
}

func (x *Commands) mClaim(c *resp.Conn, prefix string, args [][]byte) error {
	t, ids, err := x.secure(c, prefix, args)
	if err != nil {
		return err
	}
	c.Array(len(ids))
	for _, id := range ids {
		c.Bool(t.Claim(id))
	}
	return nil
}

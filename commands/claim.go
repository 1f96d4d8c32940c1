package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.CLAIM prefix id
var claimSpec = &Spec{
	Name: "PT.CLAIM", Arity: 3, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks an ID as existing for the one caller that finds it free.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argID},
	Reply:      "1 if this call set it, else 0",
	Run:        onPrefix((*Commands).claim),
}

func (x *Commands) claim(c *resp.Conn, prefix string, args [][]byte) error {
	t, ids, err := x.secure(c, prefix, args)
	if err != nil {
		return err
	}
	c.Bool(t.Claim(ids[0]))
	return nil
}

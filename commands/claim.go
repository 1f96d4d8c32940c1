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
	Run:        (*Commands).claim,
}

func (x *Commands) claim(c *resp.Conn, args [][]byte) {
	prefix, err := parsePrefix(args[0])
	if err != nil {
		fail(c, err)
		return
	}
	id, err := parseID(args[1])
	if err != nil {
		fail(c, err)
		return
	}
	t, err := x.registry.GetOrCreate(prefix)
	if err != nil {
		fail(c, err)
		return
	}
	if err := t.Secure(id); err != nil {
		fail(c, err)
		return
	}

	c.Bool(t.Claim(id))
}

package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.MEXISTS prefix id [id …]
var mExistsSpec = &Spec{
	Name: "PT.MEXISTS", Arity: -3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Tells of each ID whether it exists.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argIDs},
	Reply:      "array of 1 or 0, in the order asked",
	Run:        onPrefix((*Commands).mExists),
}

func (x *Commands) mExists(c *resp.Conn, prefix string, args [][]byte) error {
	ids, err := sessionOf(c).parseIDs(args)
	if err != nil {
		return err
	}
	t := x.trackerOrNone(c, prefix)
	c.Array(len(ids))
	for _, id := range ids {
		c.Bool(t.Exists(id))
	}
	return nil
}

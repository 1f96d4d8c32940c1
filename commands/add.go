package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.ADD prefix id [id …]
var addSpec = &Spec{
	Name: "PT.ADD", Arity: -3, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks IDs as existing.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argIDs},
	Reply:      "number newly added",
	Run:        onPrefix((*Commands).add),
}

func (x *Commands) add(c *resp.Conn, prefix string, args [][]byte) error {
	t, ids, err := x.secure(c, prefix, args)
	if err != nil {
		return err
	}
	c.Int(int64(t.AddAll(ids)))
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.REM prefix id [id …]
var remSpec = &Spec{
	Name: "PT.REM", Arity: -3, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks IDs as not existing.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argIDs},
	Reply:      "number removed",
	Run:        onPrefix((*Commands).rem),
}

func (x *Commands) rem(c *resp.Conn, prefix string, args [][]byte) error {
	ids, err := sessionOf(c).parseIDs(args)
	if err != nil {
		return err
	}
	c.Int(int64(x.trackerOrNone(c, prefix).RemoveAll(ids)))
	return nil
}

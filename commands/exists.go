package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.EXISTS prefix id
var existsSpec = &Spec{
	Name: "PT.EXISTS", Arity: 3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Tells whether an ID exists.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argID},
	Reply:      "1 or 0",
	Run:        onPrefix((*Commands).exists),
}

func (x *Commands) exists(c *resp.Conn, prefix string, args [][]byte) error {
	id, err := parseID(args[0])
	if err != nil {
		return err
	}
	c.Bool(x.trackerOrNone(c, prefix).Exists(id))
	return nil
}

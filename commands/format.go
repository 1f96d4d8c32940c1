package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.FORMAT prefix id [id …]
var formatSpec = &Spec{
	Name: "PT.FORMAT", Arity: -3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Writes IDs as the keys of the prefix.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argIDs},
	Reply:      "array of keys",
	Run:        onPrefix((*Commands).format),
}

func (x *Commands) format(c *resp.Conn, prefix string, args [][]byte) error {
	ids, err := sessionOf(c).parseIDs(args)
	if err != nil {
		return err
	}
	t := x.tracker(c, prefix)
	if t == nil { // as it would be made
		if t, err = tracker.New(prefix, x.registry.Defaults()); err != nil {
			return err
		}
	}
	c.Array(len(ids))
	for _, id := range ids {
		replyID(c, t, id, asKeys)
	}
	return nil
}

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
	if len(args) > fewKeys && c.LeaveLoop() {
		return errLater
	}
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
	for i, id := range ids {
		if i%goneEvery == 0 && c.Gone() {
			return nil
		}
		replyID(c, t, id, asKeys)
	}
	return nil
}

// fewKeys is how many keys can be written without holding up other clients: one
// may be a hundred times as long as its ID.
const fewKeys = 1000

package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.FORMAT prefix id [id …]
var ptFormatSpec = &engine.Spec{
	Name: "PT.FORMAT", Arity: -3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Writes IDs as the keys of the prefix.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, argIDs},
	Reply:      "array of keys",
	Run:        onPrefix(ptFormat),
}

func ptFormat(c *session, p tracker.Handle, args [][]byte) error {
	if len(args) > fewKeys && c.LeaveLoop() {
		return engine.ErrLater
	}
	ids, err := c.parseIDs(args)
	if err != nil {
		return err
	}
	t, err := p.AsMade()
	if err != nil {
		return err
	}
	c.Array(len(ids))
	for i, id := range ids {
		if i%goneEvery == 0 && c.Gone() {
			return nil
		}
		c.replyID(t, id, asKeys)
	}
	return nil
}

// fewKeys is how many keys can be written without holding up other clients: one
// may be a hundred times as long as its ID.
const fewKeys = 1000

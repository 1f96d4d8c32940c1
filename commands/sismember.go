package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SISMEMBER key member
var sIsMemberSpec = &engine.Spec{
	Name: "SISMEMBER", Arity: 3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupSet, Summary: "Tells whether an ID exists.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "1 or 0",
	Args: []*engine.Arg{argKey, argMember}, Run: onPrefix(sIsMember),
}

func sIsMember(c *session, p tracker.Handle, args [][]byte) error {
	ids, err := c.parseMembers(p, args)
	if err != nil {
		return err
	}
	c.Bool(p.Exists(ids[0]))
	return nil
}

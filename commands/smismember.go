package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SMISMEMBER key member [member …]
var sMIsMemberSpec = &engine.Spec{
	Name: "SMISMEMBER", Arity: -3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupSet, Summary: "Tells of each ID whether it exists.",
	Complexity: "O(n) for n members", Since: "0.1.0", Reply: "array of 1 or 0",
	Args: []*engine.Arg{argKey, argMembers}, Run: onPrefix(sMIsMember),
}

func sMIsMember(c *session, p tracker.Handle, args [][]byte) error {
	ids, err := c.parseMembers(p, args)
	if err != nil {
		return err
	}
	c.Array(len(ids))
	for _, id := range ids {
		c.Bool(p.Exists(id))
	}
	return nil
}

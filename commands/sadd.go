package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SADD key member [member …]
var sAddSpec = &engine.Spec{
	Name: "SADD", Arity: -3, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupSet, Summary: "Marks IDs as existing.",
	Complexity: "O(n) for n members", Since: "0.1.0", Reply: "number newly added",
	Args: []*engine.Arg{argKey, argMembers}, Run: onPrefix(sAdd),
}

func sAdd(c *session, p tracker.Handle, args [][]byte) error {
	ids, err := c.parseMembers(p, args)
	if err != nil {
		return err
	}
	return c.add(p, ids)
}

package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SREM key member [member …]
var sRemSpec = &engine.Spec{
	Name: "SREM", Arity: -3, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupSet, Summary: "Marks IDs as not existing.",
	Complexity: "O(n) for n members", Since: "0.1.0", Reply: "number removed",
	Args: []*engine.Arg{argKey, argMembers}, Run: onPrefix(sRem),
}

func sRem(c *session, p tracker.Handle, args [][]byte) error {
	ids, err := c.parseMembers(p, args)
	if err != nil {
		return err
	}
	c.Int(int64(p.Remove(ids)))
	return nil
}

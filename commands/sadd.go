package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SADD key member [member …]: PT.ADD for tools that speak sets.
var setAddSpec = &Spec{
	Name: "SADD", Arity: -3, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupSet, Summary: "Marks IDs as existing.",
	Complexity: "O(n) for n members", Since: "0.1.0", Reply: "number newly added",
	Args: []Arg{argKey, argMembers}, Run: onPrefix((*Commands).setAdd),
}

func (x *Commands) setAdd(c *resp.Conn, prefix string, args [][]byte) error {
	ids, err := x.parseMembers(c, prefix, args)
	if err != nil {
		return err
	}
	t, err := x.readyTracker(c, prefix, func(t *tracker.Tracker) error { return t.Secure(ids) })
	if err != nil {
		return err
	}
	c.Int(int64(t.AddAll(ids)))
	return nil
}

// SREM key member [member …]: PT.REM for tools that speak sets.
var setRemSpec = &Spec{
	Name: "SREM", Arity: -3, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupSet, Summary: "Marks IDs as not existing.",
	Complexity: "O(n) for n members", Since: "0.1.0", Reply: "number removed",
	Args: []Arg{argKey, argMembers}, Run: onPrefix((*Commands).setRem),
}

func (x *Commands) setRem(c *resp.Conn, prefix string, args [][]byte) error {
	ids, err := x.parseMembers(c, prefix, args)
	if err != nil {
		return err
	}
	c.Int(int64(x.trackerOrNone(c, prefix).RemoveAll(ids)))
	return nil
}

package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SETBIT key offset value
var setBitSpec = &engine.Spec{
	Name: "SETBIT", Arity: 4, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupBitmap, Summary: "Marks an ID as existing (1) or not (0) and returns what it was.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "1 or 0",
	Args: []*engine.Arg{argKey, argOffset, {Name: "value", Type: engine.Integer}}, Run: onPrefix(setBit),
}

func setBit(c *session, p tracker.Handle, args [][]byte) error {
	id, err := parseOffset(args[0])
	if err != nil {
		return err
	}
	c.ids = append(c.ids[:0], id)
	switch string(args[1]) {
	case "0":
		c.Bool(p.Remove(c.ids) == 1)
	case "1":
		added, err := p.Add(c.ids)
		if err != nil {
			return err
		}
		// Out of bounds nothing is there, before as after.
		c.Bool(added == 0 && p.Read().Holds(id))
	default:
		return errBitValue
	}
	return nil
}

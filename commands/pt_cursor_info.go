package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.CURSOR INFO name
var ptCursorInfoSpec = &engine.Spec{
	Name: "PT.CURSOR|INFO", Arity: 3, Flags: []string{"readonly"},
	Group:      groupIteration,
	Summary:    "Returns a shared cursor's options and numbers.",
	Complexity: "O(1) beside counting what remains",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argCursorName},
	Reply:      "map of fields: prefix, filter, range, random, limit, loop, except, only, position, issued, outstanding, returned, loops, remaining",
	Uneven:     true,
	Run:        run(ptCursorInfo),
}

func ptCursorInfo(c *session, args [][]byte) error {
	i, err := c.caller.CursorInfo(view(args[0]))
	if err != nil {
		return err
	}
	mask, err := c.caller.Mask(i.Pass.Except, i.Pass.Only)
	remaining, known := uint64(0), err == nil // a mask whose prefix is missing: NEXT says so
	if known {
		if mask = mask.For(c); c.longInFront(i, mask) && c.LeaveLoop() {
			return engine.ErrLater
		}
		remaining, known = c.inFront(i, mask)
	}
	// What is not there is null.
	number := func(name string, n uint64, there bool) {
		c.BulkString(name)
		if there {
			c.Int(int64(n))
		} else {
			c.Null()
		}
	}
	text := func(name, s string) {
		c.BulkString(name)
		if s != "" {
			c.BulkString(s)
		} else {
			c.Null()
		}
	}
	c.Map(14)
	text("prefix", i.Tracker.Prefix())
	text("filter", i.Pass.Filter.String())
	c.BulkString("range")
	c.replyPair(i.Pass.Range.Min, i.Pass.Range.Max)
	number("random", i.Pass.Seed, i.Pass.Random)
	number("limit", i.Pass.Limit, i.Pass.Limit > 0)
	c.BulkString("loop")
	c.Bool(i.Pass.Loop)
	text("except", i.Pass.Except)
	text("only", i.Pass.Only)
	number("position", i.Position, true)
	number("issued", i.Issued, true)
	number("outstanding", i.Outstanding, true)
	number("returned", i.Returned, true)
	number("loops", i.Loops, true)
	number("remaining", i.Remaining(remaining), known)
	return nil
}

// longInFront tells whether inFront takes long.
func (c *session) longInFront(i tracker.CursorInfo, m tracker.Mask) bool {
	if i.Pass.Random {
		return i.LongCountInFront()
	}
	wanted := i.Tracker.Select(i.Pass.Filter, m)
	return wanted.LongCount(i.InFront())
}

// inFront counts what matches in front of a cursor, where that can be counted.
func (c *session) inFront(i tracker.CursorInfo, m tracker.Mask) (n uint64, ok bool) {
	if i.Pass.Random {
		return i.CountInFront(m)
	}
	wanted := i.Tracker.Select(i.Pass.Filter, m)
	wanted.InTurns()
	return c.countAll(&wanted, i.InFront())
}

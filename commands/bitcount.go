package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// BITCOUNT key [start end [BYTE|BIT]]
var bitCountSpec = &engine.Spec{
	Name: "BITCOUNT", Arity: -2, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupBitmap,
	Summary:    "Counts the IDs that exist, in all or in a range of bytes or bits.",
	Complexity: "O(1); O(n) for n words of memory in the range",
	Since:      "0.1.0",
	Args: []*engine.Arg{argKey, {Name: "range", Type: engine.Block, Optional: true, Args: []*engine.Arg{
		argStart, argEnd, optUnit}}},
	Reply:   "number",
	Before:  bitCountOfNothing,
	Run:     onPrefix(bitCount),
	AsRedis: true,
}

// bitCountOfNothing answers for a key that is not there.
func bitCountOfNothing(s *engine.Session, args [][]byte) (answered bool, err error) {
	c := s.State.(*session)
	if !c.missing(args[0]) {
		return false, nil
	}
	c.Int(0)
	return true, nil
}

func bitCount(c *session, p tracker.Handle, args [][]byte) error {
	t := p.Read()
	switch len(args) {
	case 0:
		c.Int(int64(t.Count()))
		return nil
	case 1:
		return engine.ErrSyntax
	}
	r, err := c.parseBitRange(t, args)
	if err != nil {
		return err
	}
	wanted := t.Select(tracker.Set, tracker.Mask{})
	if wanted.LongCount(r) {
		if c.LeaveLoop() {
			return engine.ErrLater
		}
		wanted.InTurns()
	}
	// As in Redis, and unlike BITPOS: a range that is given backwards from the
	// end is empty even where both of its ends lie before the first byte.
	start, _ := parseInt(args[0])
	if end, _ := parseInt(args[1]); start < 0 && end < 0 && start > end {
		r = tracker.Range{}
	}
	if n, ok := c.countAll(&wanted, r); ok {
		c.Int(int64(n))
	}
	return nil
}

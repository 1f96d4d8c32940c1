package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// BITPOS key bit [start [end [BYTE|BIT]]]
var bitPosSpec = &engine.Spec{
	Name: "BITPOS", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupBitmap,
	Summary:    "Returns the first ID that exists (1) or does not (0), in all or in a range of bytes or bits.",
	Complexity: "O(1), whatever the number of IDs tracked",
	Since:      "0.1.0",
	Args: []*engine.Arg{argKey, {Name: "bit", Type: engine.Integer, Read: parseBit},
		{Name: "range", Type: engine.Block, Optional: true, Args: []*engine.Arg{
			argStart,
			{Name: "end-unit-block", Type: engine.Block, Optional: true, Args: []*engine.Arg{
				argEnd, optUnit}}}}},
	Reply:   "ID, or -1",
	Before:  bitPosOfNothing,
	Run:     onPrefix(bitPos),
	AsRedis: true,
}

// bitPosOfNothing answers for a key that is not there.
func bitPosOfNothing(s *engine.Session, args [][]byte) (answered bool, err error) {
	c := s.State.(*session)
	bit, err := parseBit(args[1])
	if err != nil || !c.missing(args[0]) {
		return false, err
	}
	c.Int(-int64(bit))
	return true, nil
}

func bitPos(c *session, p tracker.Handle, args [][]byte) error {
	bit, err := parseBit(args[0])
	if err != nil {
		return err
	}
	t := p.Read()
	r, err := c.parseBitRange(t, args[1:])
	if err != nil {
		return err
	}
	filter := tracker.Set
	if bit == 0 {
		filter = tracker.Unset
		// A search for a free ID without an end goes on behind the last byte,
		// up to the bound; in an empty string it begins there.
		if _, some := t.Last(); !some {
			r = tracker.Everything
		} else if len(args) < 3 && r.Min < r.Max {
			r.Max = tracker.Limit
		}
	}
	if t.LongWalk(filter, r, 0, 1) && c.LeaveLoop() {
		return engine.ErrLater
	}
	id, ok := t.First(filter, r)
	if !ok {
		c.Int(-1)
		return nil
	}
	c.Int(int64(id))
	return nil
}

func parseBit(b []byte) (uint64, error) {
	bit, err := parseInt(b)
	if err == nil && bit != 0 && bit != 1 {
		return 0, errBitArgument
	}
	return uint64(bit), err
}

package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var argUnit = Arg{Name: "unit", Type: ArgOneOf, Optional: true, Args: []Arg{token("BYTE"), token("BIT")}}

// BITCOUNT key [start end [BYTE|BIT]]
var bitCountSpec = &Spec{
	Name: "BITCOUNT", Arity: -2, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupBitmap,
	Summary:    "Counts the IDs that exist, in all or in a range of bytes or bits.",
	Complexity: "O(1); O(n) for n words of memory in the range",
	Since:      "0.1.0",
	Args: []Arg{argKey, {Name: "range", Type: ArgBlock, Optional: true, Args: []Arg{
		{Name: "start", Type: ArgInteger}, {Name: "end", Type: ArgInteger}, argUnit}}},
	Reply: "number",
	Run:   onPrefix((*Commands).bitCount),
}

func (x *Commands) bitCount(c *resp.Conn, prefix string, args [][]byte) error {
	t := x.trackerOrNone(c, prefix)
	switch len(args) {
	case 0:
		c.Int(int64(t.Count()))
		return nil
	case 2, 3:
	default:
		return errSyntax
	}
	r, err := parseBitRange(t, args)
	if err != nil {
		return err
	}
	if walks(t, r) && c.LeaveLoop() {
		return errLater
	}
	// As in Redis, and unlike BITPOS: a range that is given backwards from the
	// end is empty even where both of its ends lie before the first byte.
	start, _ := parseInt(args[0])
	if end, _ := parseInt(args[1]); start < 0 && end < 0 && start > end {
		r = tracker.Range{}
	}
	c.Int(int64(t.CountRange(r)))
	return nil
}

// BITPOS key bit [start [end [BYTE|BIT]]]
var bitPosSpec = &Spec{
	Name: "BITPOS", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupBitmap,
	Summary:    "Returns the first ID that exists (1) or does not (0), in all or in a range of bytes or bits.",
	Complexity: "O(1), whatever the number of IDs tracked",
	Since:      "0.1.0",
	Args: []Arg{argKey, {Name: "bit", Type: ArgInteger},
		{Name: "range", Type: ArgBlock, Optional: true, Args: []Arg{
			{Name: "start", Type: ArgInteger},
			{Name: "end-unit-block", Type: ArgBlock, Optional: true, Args: []Arg{
				{Name: "end", Type: ArgInteger}, argUnit}}}}},
	Reply: "ID, or -1",
	Run:   onPrefix((*Commands).bitPos),
}

func (x *Commands) bitPos(c *resp.Conn, prefix string, args [][]byte) error {
	bit, err := parseInt(args[0])
	switch {
	case err != nil:
		return err
	case bit != 0 && bit != 1:
		return errBitArgument
	case len(args) > 4:
		return errSyntax
	}
	t := x.trackerOrNone(c, prefix)
	r, err := parseBitRange(t, args[1:])
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
	id, ok := t.First(filter, r)
	if !ok {
		c.Int(-1)
		return nil
	}
	c.Int(int64(id))
	return nil
}

// parseBitRange reads [start [end [BYTE|BIT]]] as Redis does: inclusive,
// negative from the end of the string, clipped to it.
func parseBitRange(t *tracker.Tracker, args [][]byte) (tracker.Range, error) {
	start, end, unit := int64(0), int64(-1), int64(8)
	var err error
	if len(args) > 0 {
		if start, err = parseInt(args[0]); err != nil {
			return tracker.Range{}, err
		}
	}
	if len(args) > 2 {
		switch {
		case is(args[2], "BIT"):
			unit = 1
		case !is(args[2], "BYTE"):
			return tracker.Range{}, errSyntax
		}
	}
	if len(args) > 1 {
		if end, err = parseInt(args[1]); err != nil {
			return tracker.Range{}, err
		}
	}
	last, ok := t.Last()
	if !ok {
		return tracker.Range{}, nil
	}
	length := int64(last/8+1) * 8 / unit
	if start < 0 {
		start = max(start+length, 0)
	}
	if end < 0 {
		end = max(end+length, 0)
	}
	end = min(end, length-1)
	if start > end {
		return tracker.Range{}, nil
	}
	return tracker.Range{Min: uint64(start * unit), Max: uint64((end + 1) * unit)}, nil
}

package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// The bit commands see a prefix as a string of bits, the ID being the offset.
// The string ends with the byte of the largest ID that exists.

var argOffset = Arg{Name: "offset", Type: ArgInteger}

func parseOffset(b []byte) (uint64, error) {
	id, ok := parseUint(b, tracker.MaxID)
	if !ok {
		return 0, errBitOffset
	}
	return id, nil
}

// SETBIT key offset value: PT.ADD and PT.REM for tools that speak bits.
var setBitSpec = &Spec{
	Name: "SETBIT", Arity: 4, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupBitmap, Summary: "Marks an ID as existing (1) or not (0) and returns what it was.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "1 or 0",
	Args: []Arg{argKey, argOffset, {Name: "value", Type: ArgInteger}}, Run: onPrefix((*Commands).setBit),
}

func (x *Commands) setBit(c *resp.Conn, prefix string, args [][]byte) error {
	id, err := parseOffset(args[0])
	if err != nil {
		return err
	}
	switch string(args[1]) {
	case "0":
		c.Bool(x.trackerOrNone(c, prefix).Remove(id))
		return nil
	case "1":
	default:
		return errBitValue
	}
	s := sessionOf(c)
	s.ids = append(s.ids[:0], id)
	t, err := x.readyTracker(c, prefix, func(t *tracker.Tracker) error { return t.Secure(s.ids) })
	if err != nil {
		return err
	}
	// Out of bounds nothing is there, before as after.
	c.Bool(!t.Add(id) && t.Holds(id))
	return nil
}

// GETBIT key offset: PT.EXISTS for tools that speak bits.
var getBitSpec = &Spec{
	Name: "GETBIT", Arity: 3, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupBitmap, Summary: "Tells whether an ID exists.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "1 or 0",
	Args: []Arg{argKey, argOffset}, Run: onPrefix((*Commands).getBit),
}

func (x *Commands) getBit(c *resp.Conn, prefix string, args [][]byte) error {
	id, err := parseOffset(args[0])
	if err != nil {
		return err
	}
	c.Bool(x.trackerOrNone(c, prefix).Exists(id))
	return nil
}

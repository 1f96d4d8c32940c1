package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.REMRANGE prefix min max
var remRangeSpec = &Spec{
	Name: "PT.REMRANGE", Arity: 4, Flags: []string{"write"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks the IDs from min to max-1 as not existing; atomic per ID, not as a whole.",
	Complexity: "O(n/64) for the n IDs of the range that have memory",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argMin, argMax},
	Reply:      "number removed",
	Run:        onPrefix((*Commands).remRange),
}

func (x *Commands) remRange(c *resp.Conn, prefix string, args [][]byte) error {
	rng, err := parseRange(args[0], args[1])
	if err != nil {
		return err
	}
	t := x.trackerOrNone(c, prefix)
	if walks(t, rng) && c.LeaveLoop() {
		return errLater
	}
	c.Int(int64(t.RemoveRange(rng)))
	return nil
}

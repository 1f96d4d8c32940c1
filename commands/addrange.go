package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.ADDRANGE prefix min max
var addRangeSpec = &Spec{
	Name: "PT.ADDRANGE", Arity: 4, Flags: []string{"write", "denyoom"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks the IDs from min to max-1 as existing; atomic per ID, not as a whole.",
	Complexity: "O(n/64) for n IDs in the range",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argMin, argMax},
	Reply:      "number newly added",
	Run:        onPrefix((*Commands).addRange),
}

func (x *Commands) addRange(c *resp.Conn, prefix string, args [][]byte) error {
	rng, err := parseRange(args[0], args[1])
	if err != nil {
		return err
	}
	if rng.Len() > longWalk && c.LeaveLoop() {
		return errLater
	}
	t, err := x.readyTracker(c, prefix, func(t *tracker.Tracker) error { return t.SecureRange(rng) })
	if err != nil {
		return err
	}
	added, err := t.AddRange(rng)
	if err != nil {
		return err
	}
	c.Int(int64(added))
	return nil
}

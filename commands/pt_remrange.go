package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.REMRANGE prefix min max
var ptRemRangeSpec = &engine.Spec{
	Name: "PT.REMRANGE", Arity: 4, Flags: []string{"write"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks the IDs from min to max-1 as not existing; atomic per ID, not as a whole.",
	Complexity: "O(n/64) for the n IDs of the range that have memory",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, argMin, argMax},
	Reply:      "number removed",
	Run:        onPrefix(ptRemRange),
}

func ptRemRange(c *session, p tracker.Handle, args [][]byte) error {
	rng, err := parseRange(args[0], args[1])
	if err != nil {
		return err
	}
	if p.Read().LongRemove(rng) && c.LeaveLoop() {
		return engine.ErrLater
	}
	c.Int(int64(c.removeRange(p, rng)))
	return nil
}

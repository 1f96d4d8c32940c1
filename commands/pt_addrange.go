package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.ADDRANGE prefix min max
var ptAddRangeSpec = &engine.Spec{
	Name: "PT.ADDRANGE", Arity: 4, Flags: []string{"write", "denyoom"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks the IDs from min to max-1 as existing; atomic per ID, not as a whole.",
	Complexity: "O(n/64) for n IDs in the range",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, argMin, argMax},
	Reply:      "number newly added",
	Run:        onPrefix(ptAddRange),
}

func ptAddRange(c *session, p tracker.Handle, args [][]byte) error {
	rng, err := parseRange(args[0], args[1])
	if err != nil {
		return err
	}
	if p.Read().LongAdd(rng) && c.LeaveLoop() {
		return engine.ErrLater
	}
	added, err := p.AddRange(rng)
	if err != nil {
		return err
	}
	c.Int(int64(added))
	return nil
}

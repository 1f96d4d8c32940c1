package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var optIndex = &engine.Arg{Name: "i", Type: engine.Integer, Token: "INDEX", Optional: true, Read: parseNatural}

// PT.PARTITION prefix total [INDEX i] [RANGE min max]
var ptPartitionSpec = &engine.Spec{
	Name: "PT.PARTITION", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIteration,
	Summary:    "Splits the ID space into equal, disjoint ranges for parallel workers.",
	Complexity: "O(n) for n ranges returned",
	Since:      "0.1.0",
	Args: []*engine.Arg{argPrefix,
		{Name: "total", Type: engine.Integer, Read: parseTotal},
		optIndex, optRange},
	Reply: "array of [start, end) pairs; with INDEX the one pair",
	Run:   onPrefix(ptPartition),
}

func ptPartition(c *session, p tracker.Handle, args [][]byte) error {
	total, err := parseTotal(args[0])
	if err != nil {
		return err
	}
	if !c.Options.Has(optIndex) && asRuns.long(int(total), 0) && c.LeaveLoop() {
		return engine.ErrLater
	}
	rng, err := c.boundedRange(p.Read())
	if err != nil {
		return err
	}
	if c.Options.Has(optIndex) {
		part, err := tracker.Partition(rng, c.Options.Number(optIndex), total)
		if err != nil {
			return err
		}
		c.replyPair(part.Min, part.Max)
		return nil
	}
	c.Array(int(total))
	for i := range total {
		part, _ := tracker.Partition(rng, i, total) // both are in range
		c.replyPair(part.Min, part.Max)
	}
	return nil
}

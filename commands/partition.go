package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.PARTITION prefix total [INDEX i] [RANGE min max]
var partitionSpec = &Spec{
	Name: "PT.PARTITION", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIteration,
	Summary:    "Splits the ID space into equal, disjoint ranges for parallel workers.",
	Complexity: "O(n) for n ranges returned",
	Since:      "0.1.0",
	Args: []Arg{argPrefix,
		{Name: "total", Type: ArgInteger},
		{Name: "i", Type: ArgInteger, Token: "INDEX", Optional: true},
		argRange},
	Reply: "array of [start, end) pairs; with INDEX the one pair",
	Run:   onPrefix((*Commands).partition),
}

func (x *Commands) partition(c *resp.Conn, prefix string, args [][]byte) error {
	total, err := parseTotal(args[0])
	if err != nil {
		return err
	}
	var o options
	if err = o.parse(args[1:], optIndex|optRange, x.options.MaxCount); err != nil {
		return err
	}
	if !o.has(optIndex) && asRuns.long(int(total), 0) && c.LeaveLoop() {
		return errLater
	}
	rng, err := o.boundedRange(x.trackerOrNone(c, prefix))
	if err != nil {
		return err
	}

	if o.has(optIndex) {
		part, err := tracker.Partition(rng, o.index, total)
		if err != nil {
			return err
		}
		replyPair(c, part)
		return nil
	}
	c.Array(int(total))
	for i := range total {
		part, _ := tracker.Partition(rng, i, total) // both are in range
		replyPair(c, part)
	}
	return nil
}

func replyPair(c *resp.Conn, r tracker.Range) {
	c.Array(2)
	c.Int(int64(r.Min))
	c.Int(int64(r.Max))
}

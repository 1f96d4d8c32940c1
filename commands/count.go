package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.COUNT prefix [SET|UNSET] [RANGE min max]
var countSpec = &Spec{
	Name: "PT.COUNT", Arity: -2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Counts the IDs that exist, or with UNSET those that do not.",
	Complexity: "O(1) for the whole prefix; with RANGE O(n/64) for the n IDs of it that have memory",
	Since:      "0.1.0",
	Args: []Arg{argPrefix,
		{Name: "filter", Type: ArgOneOf, Optional: true, Args: []Arg{token("SET"), token("UNSET")}},
		argRange},
	Reply: "number of IDs",
	Run:   onPrefix((*Commands).count),
}

func (x *Commands) count(c *resp.Conn, prefix string, args [][]byte) error {
	var o options
	err := o.parse(args, optFilter|optRange, x.options.MaxCount)
	if err != nil {
		return err
	}
	t := x.trackerOrNone(c, prefix)
	rng := o.rangeOrAll()
	if o.has(optRange) && walks(t, rng) && c.LeaveLoop() {
		return errLater
	}
	if o.filter == tracker.Set {
		c.Int(int64(t.CountRange(rng)))
		return nil
	}
	if rng, err = o.boundedRange(t); err != nil {
		return err
	}
	c.Int(int64(t.CountFree(rng)))
	return nil
}

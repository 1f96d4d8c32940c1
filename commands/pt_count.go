package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var optSetOrUnset = &engine.Arg{Name: "filter", Type: engine.OneOf, Optional: true, Args: []*engine.Arg{
	engine.Token("SET"), engine.Token("UNSET")}}

// PT.COUNT prefix [SET|UNSET] [RANGE min max]
var ptCountSpec = &engine.Spec{
	Name: "PT.COUNT", Arity: -2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Counts the IDs that exist, or with UNSET those that do not.",
	Complexity: "O(1) for the whole prefix; with RANGE O(n/64) for the n IDs of it that have memory",
	Since:      "0.1.0",
	Args: []*engine.Arg{argPrefix,
		optSetOrUnset, optRange},
	Reply: "number of IDs",
	Run:   onPrefix(ptCount),
}

func ptCount(c *session, p tracker.Handle, _ [][]byte) error {
	t, rng := p.Read(), c.rangeOrAll()
	if t.LongCount(rng) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if c.Options.Chose(optSetOrUnset) != "UNSET" {
		c.Int(int64(t.CountRange(rng)))
		return nil
	}
	rng, err := c.boundedRange(t)
	if err != nil {
		return err
	}
	c.Int(int64(t.CountFree(rng)))
	return nil
}

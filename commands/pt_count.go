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
	free := c.Options.Chose(optSetOrUnset) == "UNSET"
	if free {
		var err error
		if rng, err = c.boundedRange(t); err != nil {
			return err
		}
	}
	n, ok := c.countRange(t, rng)
	switch {
	case !ok:
	case free:
		c.Int(int64(t.Clip(rng).Len() - min(n, t.Clip(rng).Len()))) // beside changes it may be too large
	default:
		c.Int(int64(n))
	}
	return nil
}

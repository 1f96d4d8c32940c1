package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var optSetOrUnset = &engine.Arg{Name: "filter", Type: engine.OneOf, Optional: true, Args: []*engine.Arg{
	engine.Token("SET"), engine.Token("UNSET")}}

// PT.COUNT prefix [SET|UNSET] [RANGE min max] [EXCEPT prefix] [ONLY prefix]
var ptCountSpec = &engine.Spec{
	Name: "PT.COUNT", Arity: -2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Counts the IDs that exist, or with UNSET those that do not.",
	Complexity: "O(1) for the whole prefix; with RANGE or a mask O(n/64) for the n IDs of it that have memory",
	Since:      "0.1.0",
	Args: []*engine.Arg{argPrefix,
		optSetOrUnset, optRange, optExcept, optOnly},
	Reply: "number of IDs",
	Run:   onPrefix(ptCount),
}

func ptCount(c *session, p tracker.Handle, _ [][]byte) error {
	t := p.Read()
	if !c.Options.Any() {
		c.Int(int64(t.Count()))
		return nil
	}
	mask, err := c.mask()
	if err != nil {
		return err
	}
	rng, filter := c.rangeOrAll(), tracker.Set
	if c.Options.Chose(optSetOrUnset) == "UNSET" {
		filter = tracker.Unset
	}
	wanted := t.Select(filter, mask)
	if wanted.LongCount(rng) {
		if c.LeaveLoop() {
			return engine.ErrLater
		}
		wanted.InTurns()
	}
	if filter == tracker.Unset {
		if rng, err = c.boundedRange(t); err != nil {
			return err
		}
	}
	if n, ok := c.countAll(&wanted, rng); ok {
		c.Int(int64(n))
	}
	return nil
}

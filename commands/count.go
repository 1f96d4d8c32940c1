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
	Run:   (*Commands).count,
}

func (x *Commands) count(c *resp.Conn, args [][]byte) {
	prefix, err := parsePrefix(args[0])
	if err != nil {
		fail(c, err)
		return
	}
	o, err := parseOptions(args[1:], optFilter|optRange, x.options.MaxCount)
	if err != nil {
		fail(c, err)
		return
	}
	t := x.registry.GetOrNone(prefix)

	switch {
	case o.filter == tracker.Unset:
		rng, err := o.boundedRange(t)
		if err != nil {
			fail(c, err)
			return
		}
		c.Int(int64(t.CountFree(rng)))
	case o.has(optRange):
		c.Int(int64(t.CountRange(o.rng)))
	default:
		c.Int(int64(t.Count()))
	}
}

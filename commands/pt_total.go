package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.TOTAL
var ptTotalSpec = &engine.Spec{
	Name: "PT.TOTAL", Arity: 1, Flags: []string{"readonly"},
	Group:      groupRegistry,
	Summary:    "Counts the IDs over all prefixes.",
	Complexity: "O(n) for n prefixes",
	Since:      "0.1.0",
	Reply:      "number of IDs",
	Run:        run(ptTotal),
}

func ptTotal(c *session, _ [][]byte) error {
	if c.registry.LongTotal() && c.LeaveLoop() {
		return engine.ErrLater
	}
	var n uint64
	looked := 0
	for t := range c.registry.Each() {
		n += t.Count()
		if looked++; looked%goneEvery == 0 && c.Gone() {
			return nil
		}
	}
	c.Int(int64(n))
	return nil
}

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
	c.Int(int64(c.registry.TotalCount()))
	return nil
}

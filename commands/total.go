package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.TOTAL
var totalSpec = &Spec{
	Name: "PT.TOTAL", Arity: 1, Flags: []string{"readonly"},
	Group:      groupRegistry,
	Summary:    "Counts the IDs over all prefixes.",
	Complexity: "O(n) for n prefixes",
	Since:      "0.1.0",
	Reply:      "number of IDs",
	Run:        (*Commands).total,
}

func (x *Commands) total(c *resp.Conn, _ [][]byte) error {
	c.Int(int64(x.registry.TotalCount()))
	return nil
}

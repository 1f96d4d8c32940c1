package commands

import "github.com/prefixtracker/prefixtracker/engine"

// MULTI
var multiSpec = &engine.Spec{
	Name: "MULTI", Arity: 1, Flags: []string{"loading", "fast"},
	Group:      groupTransactions,
	Summary:    "Begins to queue commands.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Reply:      "OK",
	Run:        run(multi),
	Immediate:  true,
}

func multi(c *session, _ [][]byte) error {
	if err := c.Multi(); err != nil {
		return err
	}
	c.OK()
	return nil
}

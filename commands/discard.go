package commands

import "github.com/prefixtracker/prefixtracker/engine"

// DISCARD
var discardSpec = &engine.Spec{
	Name: "DISCARD", Arity: 1, Flags: []string{"loading", "fast"},
	Group:      groupTransactions,
	Summary:    "Forgets the queued commands.",
	Complexity: "O(n) for n commands",
	Since:      "0.1.0",
	Reply:      "OK",
	Run:        run(discard),
	Immediate:  true,
}

func discard(c *session, _ [][]byte) error {
	if err := c.Discard(); err != nil {
		return err
	}
	c.OK()
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/engine"

// EXEC
var execSpec = &engine.Spec{
	Name: "EXEC", Arity: 1, Flags: []string{"loading"},
	Group:      groupTransactions,
	Summary:    "Executes the queued commands in order, all of them; commands of other connections may come in between.",
	Complexity: "that of the commands",
	Since:      "0.1.0",
	Reply:      "array of replies",
	Run:        run(exec),
	Immediate:  true,
	Ends:       true,
}

func exec(c *session, _ [][]byte) error { return c.Exec() }

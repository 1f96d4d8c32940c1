package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var optRetain = engine.Flag("RETAIN")

// PT.CLEAR prefix [RETAIN]
var ptClearSpec = &engine.Spec{
	Name: "PT.CLEAR", Arity: -2, Flags: []string{"write"},
	Long:     true,
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupRegistry,
	Summary:    "Removes all IDs and gives their memory back, or keeps it with RETAIN. Safe beside any other command.",
	Complexity: "O(1), with RETAIN O(n/64) for n IDs that have memory",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, optRetain},
	Reply:      "number of IDs removed",
	Run:        onPrefix(ptClear),
}

func ptClear(c *session, p tracker.Handle, _ [][]byte) error {
	if c.Options.Has(optRetain) {
		c.Int(int64(p.Reset()))
	} else {
		c.Int(int64(p.Clear()))
	}
	return nil
}

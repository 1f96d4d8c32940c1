package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SINTERSTORE destination key [key …]
var sInterStoreSpec = &engine.Spec{
	Name: "SINTERSTORE", Arity: -3, Flags: []string{"write", "denyoom"},
	Long:     true,
	FirstKey: 1, LastKey: -1, Step: 1,
	Group:      groupSet,
	Summary:    "Makes the destination a tracker of the IDs that exist under all keys, with the settings of the first key that is there. It takes the place of one that is there, in one step.",
	Complexity: "O(n*k) for n words that have such IDs under k keys",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argDestination, argKeys},
	Reply:      "number of IDs",
	Run:        run(func(c *session, args [][]byte) error { return c.storeMembers(tracker.Intersection, args) }),
}

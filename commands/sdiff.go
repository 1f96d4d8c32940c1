package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SDIFF key [key …]
var sDiffSpec = &engine.Spec{
	Name: "SDIFF", Arity: -2, Flags: []string{"readonly"},
	Long:     true,
	FirstKey: 1, LastKey: -1, Step: 1,
	Group:      groupSet,
	Summary:    "Returns the IDs that exist under the first key and under none of the others, ascending.",
	Complexity: "O(n*k) for n words that have such IDs under k keys; 16 bytes of memory for each run of IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argKeys},
	Reply:      "set of IDs; -OOM while the memory limit has no room to collect them",
	Run:        run(func(c *session, args [][]byte) error { return c.members(tracker.Difference, args) }),
}

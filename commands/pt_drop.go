package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.DROP prefix [prefix …]
var ptDropSpec = &engine.Spec{
	Name: "PT.DROP", Arity: -2, Flags: []string{"write"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group:      groupRegistry,
	Summary:    "Removes trackers with all their IDs.",
	Complexity: "O(n) for n prefixes",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "prefix", Type: engine.Key, Multiple: true}},
	Reply:      "number dropped",
	Run:        run(ptDrop),
}

func ptDrop(c *session, args [][]byte) error {
	for _, a := range args {
		if !isPrefix(a) {
			return tracker.ErrInvalidPrefix
		}
	}
	c.Int(c.drop(args))
	return nil
}

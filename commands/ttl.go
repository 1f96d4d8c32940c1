package commands

import "github.com/prefixtracker/prefixtracker/engine"

// TTL key
var ttlSpec = &engine.Spec{
	Name: "TTL", Arity: 2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupKeyspace, Summary: "Tells that a tracker does not expire.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "-1, or -2 for no key", Args: []*engine.Arg{argKey}, Run: run(ttl),
}

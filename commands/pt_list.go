package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.LIST [MATCH pattern]
var ptListSpec = &engine.Spec{
	Name: "PT.LIST", Arity: -1, Flags: []string{"readonly"},
	Long:       true,
	Group:      groupRegistry,
	Summary:    "Lists the prefixes, sorted.",
	Complexity: "O(n log n) for n prefixes",
	Since:      "0.1.0",
	Args:       []*engine.Arg{optMatch},
	Reply:      "array of prefixes",
	Run:        run(ptList),
}

func ptList(c *session, _ [][]byte) error {
	return c.replyPrefixes(c.pattern(optMatch))
}

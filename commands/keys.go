package commands

import "github.com/prefixtracker/prefixtracker/engine"

// KEYS pattern
var keysSpec = &engine.Spec{
	Name: "KEYS", Arity: 2, Flags: []string{"readonly"},
	Long:  true,
	Group: groupKeyspace, Categories: []string{"dangerous"}, Summary: "Lists the trackers whose prefixes match.",
	Complexity: "O(n log n) for n trackers", Since: "0.1.0", Reply: "array of prefixes",
	Args: []*engine.Arg{{Name: "pattern", Type: engine.Pattern}}, Run: run(keys),
}

func keys(c *session, args [][]byte) error {
	return c.replyPrefixes(view(args[0]))
}

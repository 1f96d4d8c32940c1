package commands

import "github.com/prefixtracker/prefixtracker/engine"

// EXISTS key [key …]
var existsSpec = &engine.Spec{
	Name: "EXISTS", Arity: -2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group: groupKeyspace, Summary: "Counts the keys that are trackers.",
	Complexity: "O(n) for n keys", Since: "0.1.0", Reply: "number", Args: []*engine.Arg{argKeys}, Run: run(exists),
}

func exists(c *session, args [][]byte) error {
	var n int64
	for _, a := range args {
		if c.there(a) {
			n++
		}
	}
	c.Int(n)
	return nil
}

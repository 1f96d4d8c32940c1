package commands

import "github.com/prefixtracker/prefixtracker/engine"

// TYPE key
var typeSpec = &engine.Spec{
	Name: "TYPE", Arity: 2, Flags: []string{"readonly", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group: groupKeyspace, Summary: "Tells the type of a key: set, or none.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "name", Args: []*engine.Arg{argKey}, Run: run(typeOf),
}

func typeOf(c *session, args [][]byte) error {
	if !c.there(args[0]) {
		c.SimpleString("none")
	} else {
		c.SimpleString(typeName)
	}
	return nil
}

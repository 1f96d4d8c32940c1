package commands

import "github.com/prefixtracker/prefixtracker/engine"

// MODULE
var moduleSpec = &engine.Spec{
	Name: "MODULE", Arity: -2,
	Group: groupServer, Summary: "Tells about modules.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*engine.Spec{moduleListSpec},
}

// MODULE LIST
var moduleListSpec = &engine.Spec{
	Name: "MODULE|LIST", Arity: 2, Flags: []string{"fast"},
	Group: groupServer, Categories: []string{"admin", "dangerous"}, Summary: "Returns the modules, of which there are none.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "empty array", Run: run(moduleList),
}

func moduleList(c *session, _ [][]byte) error {
	c.Array(0)
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/resp"

// MODULE LIST
var moduleSpec = &Spec{
	Name: "MODULE", Arity: -2,
	Group: groupServer, Summary: "Tells about modules.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*Spec{moduleListSpec},
}

var moduleListSpec = &Spec{
	Name: "MODULE|LIST", Arity: 2, Flags: []string{"fast"},
	Group: groupServer, Summary: "Returns the modules, of which there are none.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "empty array", Run: (*Commands).moduleList,
}

func (x *Commands) moduleList(c *resp.Conn, _ [][]byte) error {
	c.Array(0)
	return nil
}

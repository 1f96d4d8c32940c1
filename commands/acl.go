package commands

import "github.com/prefixtracker/prefixtracker/resp"

// ACL WHOAMI
var aclSpec = &Spec{
	Name: "ACL", Arity: -2,
	Group: groupServer, Summary: "Tells about users.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*Spec{aclWhoAmISpec},
}

var aclWhoAmISpec = &Spec{
	Name: "ACL|WHOAMI", Arity: 2, Flags: []string{"fast"},
	Group: groupServer, Summary: "Returns the one user, default.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "name", Run: (*Commands).aclWhoAmI,
}

func (x *Commands) aclWhoAmI(c *resp.Conn, _ [][]byte) error {
	c.BulkString("default")
	return nil
}

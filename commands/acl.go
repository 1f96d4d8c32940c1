package commands

import "github.com/prefixtracker/prefixtracker/engine"

// ACL
var aclSpec = &engine.Spec{
	Name: "ACL", Arity: -2,
	Group: groupServer, Summary: "Tells about users.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*engine.Spec{aclWhoAmISpec},
}

// ACL WHOAMI
var aclWhoAmISpec = &engine.Spec{
	Name: "ACL|WHOAMI", Arity: 2, Flags: []string{"fast"},
	Group: groupServer, Summary: "Returns the one user, default.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "name", Run: run(aclWhoAmI),
}

func aclWhoAmI(c *session, _ [][]byte) error {
	c.BulkString("default")
	return nil
}

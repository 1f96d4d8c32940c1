package commands

import "github.com/prefixtracker/prefixtracker/engine"

// ACL
var aclSpec = &engine.Spec{
	Name: "ACL", Arity: -2,
	Group: groupServer, Summary: "Tells about users.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*engine.Spec{aclCatSpec, aclUsersSpec, aclWhoAmISpec},
}

// ACL USERS
var aclUsersSpec = &engine.Spec{
	Name: "ACL|USERS", Arity: 2, Flags: []string{"admin", "loading"},
	Group: groupServer, Summary: "Lists the users: there is one, default.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "array of names", Run: run(aclUsers),
}

// ACL WHOAMI
var aclWhoAmISpec = &engine.Spec{
	Name: "ACL|WHOAMI", Arity: 2, Flags: []string{"loading", "fast"},
	Group: groupServer, Summary: "Returns the one user, default.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "name", Run: run(aclWhoAmI),
}

func aclUsers(c *session, _ [][]byte) error {
	c.Array(1)
	c.BulkString("default")
	return nil
}

func aclWhoAmI(c *session, _ [][]byte) error {
	c.BulkString("default")
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/resp"

// AUTH [username] password
var authSpec = &Spec{
	Name: "AUTH", Arity: -2, Flags: []string{"fast"},
	Group:      groupConnection,
	Summary:    "Accepts the user default with any password, for there is none.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args: []Arg{{Name: "username", Type: ArgString, Optional: true},
		{Name: "password", Type: ArgString}},
	Reply: "OK",
	Run:   (*Commands).auth,
}

func (x *Commands) auth(c *resp.Conn, args [][]byte) error {
	switch {
	case len(args) > 2:
		return errSyntax
	case len(args) == 1:
		return errAuthWithoutPassword
	case string(args[0]) != "default":
		return errWrongPass
	}
	c.OK()
	return nil
}

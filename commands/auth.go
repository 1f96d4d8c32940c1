package commands

import "github.com/prefixtracker/prefixtracker/resp"

// AUTH [username] password
var authSpec = &Spec{
	Name: "AUTH", Arity: -2, Flags: []string{"fast", "no_auth"},
	Group:      groupConnection,
	Summary:    "Gives the password. The only user is default.",
	Complexity: "O(1); after wrong passwords from an address the answer is delayed",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "username", Type: ArgString, Optional: true}, {Name: "password", Type: ArgString}},
	Reply:      "OK",
	Run:        (*Commands).auth,
}

func (x *Commands) auth(c *resp.Conn, args [][]byte) error {
	user, password := []byte("default"), args[0]
	switch len(args) {
	case 1:
		if c.Server == nil || !c.Server.HasPassword() {
			return errAuthWithoutPassword
		}
	case 2:
		user, password = args[0], args[1]
	default:
		return errSyntax
	}
	if err := authenticate(c, user, password); err != nil {
		return err
	}
	c.OK()
	return nil
}

// authenticate lets c in if user and password are right. Without a password
// set, any will do for the one user.
func authenticate(c *resp.Conn, user, password []byte) error {
	if string(user) != "default" {
		return errWrongPass
	}
	if c.Server == nil {
		return nil
	}
	ok, later := c.Authenticate(password)
	switch {
	case later:
		return errLater
	case !ok:
		return errWrongPass
	}
	return nil
}

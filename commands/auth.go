package commands

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/engine"
)

// AUTH [username] password
var authSpec = &engine.Spec{
	Name: "AUTH", Arity: -2, Flags: []string{"loading", "fast", "no_auth"},
	Group:      groupConnection,
	Summary:    "Gives the password. The only user is default.",
	Complexity: "O(1); after wrong passwords from an address the answer is delayed",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "username", Type: engine.String, Optional: true}, {Name: "password", Type: engine.String}},
	Reply:      "OK",
	Redact:     redactAuth,
	Run:        run(auth),
}

func auth(c *session, args [][]byte) error {
	user, password := []byte("default"), args[0]
	switch len(args) {
	case 1:
		if c.Server == nil || !c.Server.HasPassword() {
			return errAuthWithoutPassword
		}
	case 2:
		user, password = args[0], args[1]
	default:
		return engine.ErrSyntax
	}
	if err := c.authenticate(user, password); err != nil {
		return err
	}
	c.OK()
	return nil
}

// redactAuth hides all but the command's name.
func redactAuth(words [][]byte) [][]byte {
	shown := slices.Clone(words)
	for i := 1; i < len(shown); i++ {
		shown[i] = engine.Redacted
	}
	return shown
}

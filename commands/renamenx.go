package commands

import "github.com/prefixtracker/prefixtracker/engine"

// RENAMENX key newkey
var renameNXSpec = &engine.Spec{
	Name: "RENAMENX", Arity: 3, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: 2, Step: 1,
	Group:      groupKeyspace,
	Summary:    "Gives a tracker another prefix that no tracker has, as RENAME does.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argKey, argNewKey},
	Reply:      "1 or 0",
	Run:        run(renameNX),
}

func renameNX(c *session, args [][]byte) error {
	renamed, err := c.rename(args, false)
	if err != nil {
		return err
	}
	c.Bool(renamed)
	return nil
}

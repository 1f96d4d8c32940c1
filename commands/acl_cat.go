package commands

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/engine"
)

// ACL CAT [category]
var aclCatSpec = &engine.Spec{
	Name: "ACL|CAT", Arity: -2, Flags: []string{"loading"},
	Group: groupServer, Summary: "Lists the categories of commands, or the commands of one.",
	Complexity: "O(n) for n commands", Since: "0.1.0", Reply: "array of names",
	Args: []*engine.Arg{{Name: "category", Type: engine.String, Optional: true}},
	Run:  run(aclCat),
}

func aclCat(c *session, args [][]byte) error {
	if len(args) > 1 {
		return engine.ErrSubcommand("ACL", []byte("CAT"))
	}
	var all, wanted []string
	category := ""
	if len(args) == 1 {
		category = engine.Lower([]byte(engine.Clipped(args[0]))) // none is as long
	}
	engine.Walk(c.Engine().Commands(), true, func(m *engine.Command) {
		of := categories(m)
		all = append(all, of...)
		if slices.Contains(of, category) {
			wanted = append(wanted, m.Lower)
		}
	})
	if len(args) == 0 {
		slices.Sort(all)
		wanted = slices.Compact(all)
	} else if len(wanted) == 0 {
		return errCategory(args[0])
	}
	c.Array(len(wanted))
	for _, name := range wanted {
		c.BulkString(name)
	}
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.REM prefix id [id …]
var remSpec = &Spec{
	Name: "PT.REM", Arity: -3, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks IDs as not existing.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argIDs},
	Reply:      "number removed",
	Run:        (*Commands).rem,
}

func (x *Commands) rem(c *resp.Conn, args [][]byte) {
	prefix, err := parsePrefix(args[0])
	if err != nil {
		fail(c, err)
		return
	}
	ids := args[1:]
	if err := checkIDs(ids); err != nil {
		fail(c, err)
		return
	}

	var removed int64
	if t := x.registry.Get(prefix); t != nil {
		for _, a := range ids {
			if id, _ := parseID(a); t.Remove(id) {
				removed++
			}
		}
	}
	c.Int(removed)
}

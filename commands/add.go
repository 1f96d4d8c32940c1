package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.ADD prefix id [id …]
var addSpec = &Spec{
	Name: "PT.ADD", Arity: -3, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks IDs as existing.",
	Complexity: "O(n) for n IDs",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argIDs},
	Reply:      "number newly added",
	Run:        (*Commands).add,
}

func (x *Commands) add(c *resp.Conn, args [][]byte) {
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
	t, err := x.registry.GetOrCreate(prefix)
	if err != nil {
		fail(c, err)
		return
	}
	for _, a := range ids {
		id, _ := parseID(a) // checked
		if err := t.Secure(id); err != nil {
			fail(c, err)
			return
		}
	}

	var added int64
	for _, a := range ids {
		if id, _ := parseID(a); t.Add(id) {
			added++
		}
	}
	c.Int(added)
}

package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.DROP prefix [prefix …]
var dropSpec = &Spec{
	Name: "PT.DROP", Arity: -2, Flags: []string{"write"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group:      groupRegistry,
	Summary:    "Removes trackers with all their IDs.",
	Complexity: "O(n) for n prefixes",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "prefix", Type: ArgKey, Multiple: true}},
	Reply:      "number dropped",
	Run:        (*Commands).drop,
}

func (x *Commands) drop(c *resp.Conn, args [][]byte) error {
	for _, a := range args {
		if _, err := parsePrefix(a); err != nil {
			return err
		}
	}
	var dropped int64
	for _, a := range args {
		if x.registry.Remove(view(a)) != nil {
			dropped++
		}
	}
	c.Int(dropped)
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.REMKEY key [key …]
var remKeySpec = &Spec{
	Name: "PT.REMKEY", Arity: -2, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks the IDs in keys as not existing; keys of no known prefix count 0.",
	Complexity: "O(n) for n keys",
	Since:      "0.1.0",
	Args:       []Arg{{Name: "key", Type: ArgKey, Multiple: true}},
	Reply:      "number removed",
	Run:        (*Commands).remKey,
}

func (x *Commands) remKey(c *resp.Conn, args [][]byte) error {
	keys := views(args)
	removed := x.registry.RemoveKeys(keys)
	x.changedKeys(c, keys)
	c.Int(int64(removed))
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.ADDRANGE prefix min max
var addRangeSpec = &Spec{
	Name: "PT.ADDRANGE", Arity: 4, Flags: []string{"write", "denyoom"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks the IDs from min to max-1 as existing; atomic per ID, not as a whole.",
	Complexity: "O(n/64) for n IDs in the range",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, argMin, argMax},
	Reply:      "number newly added",
	Run:        (*Commands).addRange,
}

func (x *Commands) addRange(c *resp.Conn, args [][]byte) {
	prefix, err := parsePrefix(args[0])
	if err != nil {
		fail(c, err)
		return
	}
	rng, err := parseRange(args[1], args[2])
	if err != nil {
		fail(c, err)
		return
	}
	t, err := x.registry.GetOrCreate(prefix)
	if err != nil {
		fail(c, err)
		return
	}

	added, err := t.AddRange(rng)
	if err != nil {
		fail(c, err)
		return
	}
	c.Int(int64(added))
}

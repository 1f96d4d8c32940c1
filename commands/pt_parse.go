package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.PARSE key [key …]
var ptParseSpec = &engine.Spec{
	Name: "PT.PARSE", Arity: -2, Flags: []string{"readonly", "fast"},
	Unwatched: true, // of prefixes that come and go
	FirstKey:  1, LastKey: -1, Step: 1,
	Group:      groupIDs,
	Summary:    "Reads keys as prefix and ID; of several known prefixes the longest wins.",
	Complexity: "O(n) for n keys",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "key", Type: engine.Key, Multiple: true}},
	Reply:      "array of [prefix, id], or null for a key of no known prefix",
	Run:        run(ptParse),
}

func ptParse(c *session, args [][]byte) error {
	if len(args) > fewParsed && c.LeaveLoop() {
		return engine.ErrLater
	}
	c.Array(len(args))
	for _, a := range args {
		t, id, ok := c.registry.ParseKey(view(a))
		if !ok {
			c.Null()
			continue
		}
		c.Array(2)
		c.BulkString(t.Prefix())
		c.Int(int64(id))
	}
	return nil
}

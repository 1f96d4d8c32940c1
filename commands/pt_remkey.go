package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.REMKEY key [key …]
var ptRemKeySpec = &engine.Spec{
	Name: "PT.REMKEY", Arity: -2, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks the IDs in keys as not existing; keys of no known prefix count 0.",
	Complexity: "O(n) for n keys",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "key", Type: engine.Key, Multiple: true}},
	Reply:      "number removed",
	Run:        run(ptRemKey),
}

func ptRemKey(c *session, args [][]byte) error {
	if len(args) > fewParsed && c.LeaveLoop() {
		return engine.ErrLater
	}
	c.Int(int64(c.caller.RemoveKeys(views(args))))
	return nil
}

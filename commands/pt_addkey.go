package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.ADDKEY key [key …]
var ptAddKeySpec = &engine.Spec{
	Name: "PT.ADDKEY", Arity: -2, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: -1, Step: 1,
	Group:      groupIDs,
	Summary:    "Marks the IDs in keys as existing; keys of no known prefix count 0.",
	Complexity: "O(n) for n keys",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "key", Type: engine.Key, Multiple: true}},
	Reply:      "number newly added",
	Run:        run(ptAddKey),
}

func ptAddKey(c *session, args [][]byte) error {
	keys := views(args)
	if (len(keys) > fewParsed || c.caller.LongAddKeys(keys)) && c.LeaveLoop() {
		return engine.ErrLater
	}
	added, err := c.caller.AddKeys(keys)
	if err != nil {
		return err
	}
	c.Int(int64(added))
	return nil
}

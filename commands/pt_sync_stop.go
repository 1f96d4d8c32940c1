package commands

import "github.com/prefixtracker/prefixtracker/engine"

// PT.SYNC STOP id
var ptSyncStopSpec = &engine.Spec{
	Name: "PT.SYNC|STOP", Arity: 3,
	Group:      groupSync,
	Summary:    "Has a job end, with what was done so far.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "id", Type: engine.Integer, Read: parseNatural}},
	Reply:      "1, or 0 if it was not running",
	Redact:     redactSync,
	Run:        run(ptSyncStop),
}

func ptSyncStop(c *session, args [][]byte) error {
	id, err := parseNatural(args[0])
	if err != nil {
		return err
	}
	if c.config.Sync == nil {
		return errNoSync
	}
	c.Bool(c.config.Sync.Stop(id))
	return nil
}

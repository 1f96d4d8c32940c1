package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SMEMBERS key
var sMembersSpec = &engine.Spec{
	Name: "SMEMBERS", Arity: 2, Flags: []string{"readonly"},
	Long:     true,
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupSet,
	Summary:    "Returns all IDs that exist, ascending.",
	Complexity: "O(n) for n IDs; 16 bytes of memory for each run of IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argKey},
	Reply:      "set of IDs; -OOM while the memory limit has no room to collect them",
	Run:        onPrefix(sMembers),
}

func sMembers(c *session, p tracker.Handle, _ [][]byte) error {
	all, err := p.Read().Snapshot(c.runs)
	if err != nil {
		return err
	}
	c.replySnapshot(all)
	return nil
}

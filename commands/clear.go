package commands

import "github.com/prefixtracker/prefixtracker/resp"

// PT.CLEAR prefix [RETAIN]
var clearIDsSpec = &Spec{
	Name: "PT.CLEAR", Arity: -2, Flags: []string{"write"},
	Long:     true,
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupRegistry,
	Summary:    "Removes all IDs and gives their memory back, or keeps it with RETAIN. Safe beside any other command.",
	Complexity: "O(1), with RETAIN O(n/64) for n IDs that have memory",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, {Name: "retain", Type: ArgPureToken, Token: "RETAIN", Optional: true}},
	Reply:      "number of IDs removed",
	Run:        onPrefix((*Commands).clearIDs),
}

func (x *Commands) clearIDs(c *resp.Conn, prefix string, args [][]byte) error {
	retain := len(args) == 1 && is(args[0], "RETAIN")
	if len(args) > 0 && !retain {
		return errSyntax
	}
	// Not trackerOrNone: the empty tracker it may return is shared and must stay as
	// it is, its memory included.
	t := x.tracker(c, prefix)
	switch {
	case t == nil:
		c.Int(0)
	case retain:
		c.Int(int64(t.Reset()))
	default:
		c.Int(int64(t.Clear()))
	}
	return nil
}

package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var argPosition = &engine.Arg{Name: "position", Type: engine.Integer, Read: parsePosition}

// PT.CURSOR SEEK name position
var ptCursorSeekSpec = &engine.Spec{
	Name: "PT.CURSOR|SEEK", Arity: 4, Flags: []string{"write", "fast"},
	Group:      groupIteration,
	Summary:    "Has a shared cursor go on at a position of its order, of which 0 is the first. All its leases end.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argCursorName, argPosition},
	Reply:      "OK",
	Run:        run(ptCursorSeek),
}

func ptCursorSeek(c *session, args [][]byte) error {
	at, err := parsePosition(args[1])
	if err != nil {
		return err
	}
	if err := c.caller.SeekCursor(view(args[0]), at); err != nil {
		return err
	}
	c.OK()
	return nil
}

// parsePosition reads a position of a cursor.
func parsePosition(b []byte) (uint64, error) {
	n, ok := parseUint(b, tracker.Limit)
	if !ok {
		return 0, tracker.ErrInvalidPosition
	}
	return n, nil
}

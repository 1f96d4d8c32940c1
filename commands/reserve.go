package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.RESERVE prefix n
var reserveSpec = &Spec{
	Name: "PT.RESERVE", Arity: 3, Flags: []string{"write", "denyoom"},
	Long:     true,
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupRegistry,
	Summary:    "Makes room for the IDs below n ahead of use.",
	Complexity: "O(n/2^18) for n IDs",
	Since:      "0.1.0",
	Args:       []Arg{argPrefix, {Name: "n", Type: ArgInteger}},
	Reply:      "OK",
	Run:        onPrefix((*Commands).reserve),
}

func (x *Commands) reserve(c *resp.Conn, prefix string, args [][]byte) error {
	n, ok := parseUint(args[0], tracker.Limit)
	if !ok {
		return errInvalidSize
	}
	_, err := x.readyTracker(c, prefix, func(t *tracker.Tracker) error {
		return t.SecureRange(tracker.Range{Min: 0, Max: n})
	})
	if err != nil {
		return err
	}
	c.OK()
	return nil
}

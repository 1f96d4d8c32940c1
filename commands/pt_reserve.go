package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.RESERVE prefix n
var ptReserveSpec = &engine.Spec{
	Name: "PT.RESERVE", Arity: 3, Flags: []string{"write", "denyoom"},
	Long:     true,
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupRegistry,
	Summary:    "Makes room for the IDs below n ahead of use.",
	Complexity: "O(n/2^18) for n IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, {Name: "n", Type: engine.Integer}},
	Reply:      "OK",
	Run:        onPrefix(ptReserve),
}

func ptReserve(c *session, p tracker.Handle, args [][]byte) error {
	n, ok := parseUint(args[0], tracker.Limit)
	if !ok {
		return errInvalidSize
	}
	if err := p.Reserve(n); err != nil {
		return err
	}
	c.OK()
	return nil
}

package commands

import (
	"math"

	"github.com/prefixtracker/prefixtracker/engine"
)

// SELECT index
var selectSpec = &engine.Spec{
	Name: "SELECT", Arity: 2, Flags: []string{"loading", "fast"},
	Group:      groupConnection,
	Summary:    "Accepts database 0, the only one.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "index", Type: engine.Integer}},
	Reply:      "OK",
	Run:        run(selectDB),
}

func selectDB(c *session, args [][]byte) error {
	n, err := parseIntWithin(args[0], math.MinInt32, math.MaxInt32)
	switch {
	case err != nil:
		return err
	case n != 0:
		return errDBIndex
	}
	c.OK()
	return nil
}

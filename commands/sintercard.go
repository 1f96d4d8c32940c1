package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var optCardLimit = &engine.Arg{Name: "limit", Type: engine.Integer, Token: "LIMIT", Optional: true, Repeats: true, Read: parseCardLimit}

// SINTERCARD numkeys key [key …] [LIMIT limit]
var sInterCardSpec = &engine.Spec{
	Name: "SINTERCARD", Arity: -3, Flags: []string{"readonly", "movablekeys"},
	Long:       true,
	KeyCount:   1,
	Group:      groupSet,
	Summary:    "Counts the IDs that exist under all keys, up to a limit; 0 is none.",
	Complexity: "O(n*k) for n words that have IDs under each of k keys",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "numkeys", Type: engine.Integer, Read: parseKeyCount}, argKeys, optCardLimit},
	AsRedis:    true,
	Reply:      "number",
	Run:        run(sInterCard),
}

func sInterCard(c *session, args [][]byte) error {
	n, err := parseKeyCount(args[0])
	if err != nil {
		return err
	}
	k, err := c.combine(tracker.Intersection, args[1:1+n])
	if err != nil {
		return err
	}
	if card := k.Count(c.Options.Number(optCardLimit)); !k.Stopped() {
		c.Int(int64(card))
	}
	return nil
}

// parseKeyCount reads how many keys follow.
func parseKeyCount(b []byte) (uint64, error) {
	n, err := parseInt(b)
	if err != nil || n < 1 {
		return 0, errKeyCount
	}
	return uint64(n), nil
}

func parseCardLimit(b []byte) (uint64, error) {
	n, err := parseInt(b)
	if err != nil || n < 0 {
		return 0, errLimitNegative
	}
	return uint64(n), nil
}

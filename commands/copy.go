package commands

import (
	"math"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var (
	optCopyDB      = &engine.Arg{Name: "destination-db", Type: engine.Integer, Token: "DB", Optional: true, Repeats: true, Read: parseDB}
	optCopyReplace = &engine.Arg{Name: "replace", Type: engine.PureToken, Token: "REPLACE", Optional: true, Repeats: true}
)

// COPY source destination [DB destination-db] [REPLACE]
var copySpec = &engine.Spec{
	Name: "COPY", Arity: -3, Flags: []string{"write", "denyoom"},
	Long:     true,
	FirstKey: 1, LastKey: 2, Step: 1,
	Group:      groupKeyspace,
	Summary:    "Makes a tracker with the settings and the IDs of another one, as they are while it goes through them. It is there when it is whole.",
	Complexity: "O(n) for n words that have IDs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{{Name: "source", Type: engine.Key}, argDestination, optCopyDB, optCopyReplace},
	AsRedis:    true,
	Reply:      "1; 0 if there is no source, or a destination and no REPLACE",
	Run:        run(copyTracker),
}

func copyTracker(c *session, args [][]byte) error {
	from, to := args[0], args[1]
	switch {
	case string(from) == string(to):
		return errSameObject
	case !isPrefix(from) || !isPrefix(to):
		return tracker.ErrInvalidPrefix
	}
	copied, err := c.caller.Copy(from, to, c.Options.Has(optCopyReplace), aside{c})
	if err != nil {
		return err
	}
	c.Bool(copied)
	return nil
}

// parseDB reads the number of a database, of which there is one.
func parseDB(b []byte) (uint64, error) {
	n, err := parseIntWithin(b, math.MinInt32, math.MaxInt32)
	if err != nil {
		return 0, errNotInteger
	}
	if n != 0 {
		return 0, errDBIndex
	}
	return 0, nil
}

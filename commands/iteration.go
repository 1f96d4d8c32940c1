package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var (
	argCursorName = &engine.Arg{Name: "name", Type: engine.String, Read: checkCursorName}

	optFilter = &engine.Arg{Name: "filter", Type: engine.OneOf, Optional: true, Args: []*engine.Arg{
		engine.Token("SET"), engine.Token("UNSET"), engine.Token("ALL")}}
	optRandom = &engine.Arg{Name: "seed", Type: engine.Integer, Token: "RANDOM", Optional: true, Read: parseNatural}
)

// filter is the one that was given, SET without.
func (c *session) filter() tracker.Filter {
	switch c.Options.Chose(optFilter) {
	case "UNSET":
		return tracker.Unset
	case "ALL":
		return tracker.All
	}
	return tracker.Set
}

// parseTotal reads the number of parts of a partition.
func parseTotal(b []byte) (uint64, error) {
	n, ok := parseUint(b, tracker.MaxPartitions)
	if !ok || n == 0 {
		return 0, tracker.ErrInvalidTotal
	}
	return n, nil
}

// checkCursorName refuses what cannot be the name of a shared cursor.
func checkCursorName(b []byte) (uint64, error) {
	if len(b) == 0 || len(b) > tracker.MaxCursorName {
		return 0, tracker.ErrInvalidCursorName
	}
	return 0, nil
}

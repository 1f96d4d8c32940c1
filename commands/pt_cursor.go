package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var argCursorName = &engine.Arg{Name: "name", Type: engine.String, Read: checkCursorName}

// PT.CURSOR
var ptCursorSpec = &engine.Spec{
	Name: "PT.CURSOR", Arity: -2,
	Group:      groupIteration,
	Summary:    "Passes over a prefix that any number of workers share.",
	Complexity: "depends on the subcommand",
	Since:      "0.1.0",
	Reply:      "depends on the subcommand",
	Subs: []*engine.Spec{ptCursorCloseSpec, ptCursorInfoSpec, ptCursorListSpec, ptCursorNextSpec, ptCursorOpenSpec,
		ptCursorSeekSpec},
}

// checkCursorName refuses what cannot be the name of a cursor.
func checkCursorName(b []byte) (uint64, error) {
	if len(b) == 0 || len(b) > tracker.MaxCursorName {
		return 0, tracker.ErrInvalidCursorName
	}
	return 0, nil
}

package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var (
	optLimit = &engine.Arg{Name: "n", Type: engine.Integer, Token: "LIMIT", Optional: true, Read: parseLimitOfCursor}
	optLoop  = engine.Flag("LOOP")
)

// PT.CURSOR OPEN name prefix [SET|UNSET|ALL] [RANGE min max] [RANDOM seed] [LIMIT n] [LOOP] [EXCEPT prefix] [ONLY prefix]
var ptCursorOpenSpec = &engine.Spec{
	Name: "PT.CURSOR|OPEN", Arity: -4, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 3, LastKey: 3, Step: 1,
	Group:      groupIteration,
	Summary:    "Opens a shared cursor over the IDs of a prefix that match (SET), ascending or in the random order of a seed. It hands out LIMIT IDs at most; with LOOP it begins again at its end. It ends with CLOSE, or with its prefix.",
	Complexity: "O(1)",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argCursorName, argPrefix, optFilter, optRange, optRandom, optLimit, optLoop, optExcept, optOnly},
	Reply:      "OK, also when it is open with the same options",
	Run:        onSecond(ptCursorOpen),
}

func ptCursorOpen(c *session, p tracker.Handle, args [][]byte) (err error) {
	pass := tracker.Pass{
		Filter: c.filter(), Range: c.rangeOrAll(),
		Random: c.Options.Has(optRandom), Seed: c.Options.Number(optRandom),
		Limit: c.Options.Number(optLimit), Loop: c.Options.Has(optLoop),
		Except: view(c.Options.Word(optExcept)), Only: view(c.Options.Word(optOnly)),
	}
	if p.There() && (pass.Filter != tracker.Set || pass.Random) {
		if pass.Range, err = c.boundedRange(p.Read()); err != nil {
			return err
		}
	}
	if err = p.OpenCursor(view(args[0]), pass); err != nil {
		return err
	}
	c.OK()
	return nil
}

// parseLimitOfCursor reads how many IDs a cursor hands out.
func parseLimitOfCursor(b []byte) (uint64, error) {
	n, err := parseNatural(b)
	if err == nil && n == 0 {
		return 0, errNotPositive
	}
	return n, err
}

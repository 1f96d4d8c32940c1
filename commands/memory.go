package commands

import "github.com/prefixtracker/prefixtracker/engine"

var optSamples = &engine.Arg{Name: "n", Type: engine.Integer, Token: "SAMPLES", Optional: true, Repeats: true, Read: parseSamples}

// MEMORY
var memorySpec = &engine.Spec{
	Name: "MEMORY", Arity: -2,
	Group: groupServer, Summary: "Tells what memory is used for.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "depends on the subcommand",
	Subs: []*engine.Spec{memoryUsageSpec},
}

// MEMORY USAGE key [SAMPLES n]
var memoryUsageSpec = &engine.Spec{
	Name: "MEMORY|USAGE", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 2, LastKey: 2, Step: 1,
	Group: groupServer, Summary: "Returns the bytes that a tracker takes.",
	Complexity: "O(1)", Since: "0.1.0", Reply: "number, or null for no key",
	Args:    []*engine.Arg{argKey, optSamples},
	Run:     run(memoryUsage),
	AsRedis: true,
}

// parseSamples reads a number of samples.
func parseSamples(b []byte) (uint64, error) {
	n, err := parseInt(b)
	if err == nil && n < 0 {
		return 0, engine.ErrSyntax
	}
	return uint64(n), err
}

// memoryUsage needs no samples: its answer is exact.
func memoryUsage(c *session, args [][]byte) error {
	t := c.registry.Get(view(args[0]))
	if t == nil {
		c.Null()
	} else {
		c.Int(int64(t.Stats().Memory))
	}
	return nil
}

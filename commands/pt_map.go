package commands

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var (
	optCells = &engine.Arg{Name: "n", Type: engine.Integer, Token: "CELLS", Optional: true, Read: parseCount}
	optGraph = engine.Flag("GRAPH")
)

// PT.MAP prefix [CELLS n] [RANGE min max] [GRAPH]
var ptMapSpec = &engine.Spec{
	Name: "PT.MAP", Arity: -2, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIDs,
	Summary:    "Counts the IDs that exist in each of n equal cells of the prefix or range; GRAPH draws them.",
	Complexity: "O(n) for n cells, and O(m/64) for m IDs in memory that is neither all full nor all empty",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, optCells, optRange, optGraph},
	Reply:      "array of numbers; with GRAPH lines of text",
	Run:        onPrefix(ptMap),
}

// How many cells there are unless somebody says: what a program draws in a row, and
// what a terminal has room for.
const (
	defaultCells      = 64
	defaultGraphCells = 20 * graphWidth
)

func ptMap(c *session, p tracker.Handle, _ [][]byte) error {
	graph := c.Options.Has(optGraph)
	cells := c.cells(graph)
	if cells == 0 {
		c.Array(0)
		return nil
	}
	t := p.Read()
	rng := t.Extent(cells)
	if c.Options.Has(optRange) {
		rng = c.rangeOrAll()
	}
	if (t.LongMap(rng) || cells > loopReply/resp.IntSize) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if err := c.collected.start(16 * cells); err != nil { // the lines are shorter than the counts
		return err
	}
	m := t.BlankMap(slices.Grow(c.ids[:0], cells)[:cells], rng)
	c.keepIDs(m.Counts)
	if !c.countInto(m, t) {
		return nil
	}
	if graph {
		c.replyLines(drawing(m))
		return nil
	}
	c.collected.have(8 * cells)
	c.Array(cells)
	for i, n := range m.Counts {
		if c.Int(int64(n)); i%goneEvery == 0 && c.Gone() {
			return nil
		}
	}
	return nil
}

// cells is how many cells the map is to have, capped as a COUNT is.
func (c *session) cells(graph bool) int {
	switch {
	case c.Options.Has(optCells):
		return int(min(c.Options.Number(optCells), uint64(c.config.MaxCount)))
	case graph:
		return min(defaultGraphCells, c.config.MaxCount)
	default:
		return min(defaultCells, c.config.MaxCount)
	}
}

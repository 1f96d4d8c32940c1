package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var optPartition = &engine.Arg{Name: "partition", Type: engine.Block, Token: "PARTITION", Optional: true, Args: []*engine.Arg{
	{Name: "index", Type: engine.Integer, Read: parseNatural}, {Name: "total", Type: engine.Integer, Read: parseTotal}}}

// PT.SCAN prefix cursor [SET|UNSET|ALL] [RANGE min max] [PARTITION index total] [RANDOM seed] [COUNT n] [EXCEPT prefix] [ONLY prefix] [KEYS|RUNS]
var ptScanSpec = &engine.Spec{
	Name: "PT.SCAN", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIteration,
	Summary:    "Returns one page of the IDs that match, ascending or in the random order of a seed, and the cursor of the next.",
	Complexity: "O(n) for n IDs returned, whatever lies between them, but with a mask O(m/64) for m IDs that are looked at in vain; with RANDOM bounded by COUNT and 16,384 positions",
	Since:      "0.1.0",
	Args: []*engine.Arg{argPrefix,
		argCursor, optFilter, optRange, optPartition, optRandom, optCount, optExcept, optOnly, optForm},
	Reply: "array of the next cursor (0: the end) and an array of IDs",
	Run:   onPrefix(ptScan),
}

func ptScan(c *session, p tracker.Handle, args [][]byte) error {
	cursor, err := parseCursor(args[0])
	if err != nil {
		return err
	}
	page := c.count(defaultPage)
	if page == 0 { // as in Redis: a page of none could not say where it stopped
		return engine.ErrSyntax
	}
	if c.form().long(page, tracker.MaxPrefixLen) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if err := c.collected.start(16 * page); err != nil {
		return err
	}
	mask, err := c.mask()
	if err != nil {
		return err
	}
	filter := c.filter()
	if !p.There() {
		if filter != tracker.Set {
			return tracker.ErrNoPrefix
		}
		cursor = 0 // perhaps dropped since the last page, whose cursor is no error
	}
	t := p.Read()
	rng, err := c.scanRange(t, filter)
	if err != nil {
		return err
	}
	random, wanted := c.Options.Has(optRandom), t.Select(filter, mask)
	if (random && wanted.LongRandomScan(rng, page) || !random && wanted.LongWalk(rng, cursor, page)) && c.LeaveLoop() {
		return engine.ErrLater
	}
	runs, next := c.runs[:0], uint64(0)
	if random {
		runs, next, err = wanted.ScanRandom(runs, rng, c.Options.Number(optRandom), cursor, page)
	} else {
		wanted.InTurns()
		runs, next, err = wanted.Scan(runs, rng, cursor, page)
		for err == nil && wanted.Stopped() && next != 0 {
			if c.Gone() {
				return nil
			}
			runs, next, err = wanted.Scan(runs, rng, next, page-int(tracker.Total(runs)))
		}
	}
	if err != nil {
		return err
	}
	c.Array(2)
	c.replyDigits(next)
	c.replyIDs(t, runs, c.form())
	c.keepRuns(runs)
	return nil
}

// scanRange is the range of a pass: only plain SET iteration may do without an
// end.
func (c *session) scanRange(t tracker.Reader, filter tracker.Filter) (tracker.Range, error) {
	if filter == tracker.Set && !c.Options.Has(optPartition) && !c.Options.Has(optRandom) {
		return c.rangeOrAll(), nil
	}
	rng, err := c.boundedRange(t)
	if err != nil || !c.Options.Has(optPartition) {
		return rng, err
	}
	index, total := c.Options.Pair(optPartition)
	return tracker.Partition(rng, index, total)
}

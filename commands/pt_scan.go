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
	Summary:    "Returns one page of the IDs that match, ascending or in the random order of a seed, and the cursor of the next. COUNT (100) is how many are listed: with RUNS so many runs.",
	Complexity: "O(n) for n IDs or runs returned, whatever lies between them, but with a mask, or where IDs of runs may be in flight, O(m/64) for m IDs that are looked at; with RANDOM bounded by COUNT and 16,384 positions",
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
	wanted := t.Select(filter, mask)
	var runs []tracker.Run
	next := cursor
	switch {
	case c.Options.Has(optRandom):
		if wanted.LongRandomScan(rng, page) && c.LeaveLoop() {
			return engine.ErrLater
		}
		runs, next, err = wanted.ScanRandom(c.runs[:0], rng, c.Options.Number(optRandom), cursor, page)
	case c.form() == asRuns:
		runs, next, err = c.scanRuns(&wanted, rng, cursor, page)
	default:
		if wanted.LongWalk(rng, cursor, page) && c.LeaveLoop() {
			return engine.ErrLater
		}
		runs, next, err = c.scanIDs(&wanted, rng, cursor, page)
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

// scanIDs collects a page of so many IDs, turn by turn; what it returns means nothing if its
// client has gone.
func (c *session) scanIDs(wanted *tracker.Selection, r tracker.Range, cursor uint64, page int) (runs []tracker.Run, next uint64, err error) {
	wanted.InTurns()
	runs, next, err = wanted.Scan(c.runs[:0], r, cursor, page)
	for err == nil && wanted.Stopped() && next != 0 && !c.Gone() {
		runs, next, err = wanted.Scan(runs, r, next, page-int(tracker.Total(runs)))
	}
	return runs, next, err
}

// scanRuns is scanIDs for a page of so many runs. How long it takes is known when it is done:
// a loop gives it one turn.
func (c *session) scanRuns(wanted *tracker.Selection, r tracker.Range, cursor uint64, page int) (runs []tracker.Run, next uint64, err error) {
	if wanted.InTurns(); c.OnLoop() {
		wanted.Hurry()
	}
	runs, next, err = wanted.ScanRuns(c.runs[:0], r, cursor, page)
	for err == nil && wanted.Stopped() && next != 0 {
		if c.LeaveLoop() {
			return nil, 0, engine.ErrLater
		}
		if c.Gone() {
			break
		}
		runs, next, err = wanted.ScanRuns(runs, r, next, page)
	}
	return runs, next, err
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

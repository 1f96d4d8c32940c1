package commands

import (
	"strconv"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.SCAN prefix cursor [SET|UNSET|ALL] [RANGE min max] [PARTITION index total] [RANDOM seed] [COUNT n] [KEYS|RUNS]
var scanSpec = &Spec{
	Name: "PT.SCAN", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIteration,
	Summary:    "Returns one page of the IDs that match, ascending or in the random order of a seed, and the cursor of the next.",
	Complexity: "O(n) for n IDs returned, whatever lies between them; with RANDOM bounded by COUNT and 16,384 positions",
	Since:      "0.1.0",
	Args: []Arg{argPrefix,
		{Name: "cursor", Type: ArgInteger},
		{Name: "filter", Type: ArgOneOf, Optional: true, Args: []Arg{token("SET"), token("UNSET"), token("ALL")}},
		argRange,
		{Name: "partition", Type: ArgBlock, Token: "PARTITION", Optional: true, Args: []Arg{
			{Name: "index", Type: ArgInteger}, {Name: "total", Type: ArgInteger}}},
		{Name: "seed", Type: ArgInteger, Token: "RANDOM", Optional: true},
		argCount, argForm},
	Reply: "array of the next cursor (0: the end) and an array of IDs",
	Run:   onPrefix((*Commands).scan),
}

const (
	defaultPage = 100
	maxCursor   = 1<<53 - 1 // what JavaScript clients can hold
)

func (x *Commands) scan(c *resp.Conn, prefix string, args [][]byte) error {
	cursor, ok := parseUint(args[0], maxCursor)
	if !ok {
		return tracker.ErrInvalidCursor
	}
	var o options
	err := o.parse(args[1:], optCount|optRange|optForm|optFilter|optAll|optPartition|optRandom, x.options.MaxCount)
	if err != nil {
		return err
	}
	page := defaultPage
	if o.has(optCount) {
		// As in Redis: a page of none could not say where it stopped.
		if page = o.count; page == 0 {
			return errSyntax
		}
	}
	if o.form.long(page, len(prefix)) && c.LeaveLoop() {
		return errLater
	}
	t := x.tracker(c, prefix)
	switch {
	case t == nil && o.filter != tracker.Set:
		return errNoSuchPrefix
	case t == nil: // perhaps dropped since the last page, whose cursor is no error
		t, cursor = x.trackerOrNone(c, prefix), 0
	}
	rng, err := o.scanRange(t)
	if err != nil {
		return err
	}
	s := sessionOf(c)
	runs, next := s.runs[:0], uint64(0)
	if o.has(optRandom) {
		runs, next, err = t.ScanRandom(runs, o.filter, rng, o.seed, cursor, page)
	} else {
		runs, next, err = t.Scan(runs, o.filter, rng, cursor, page)
	}
	if err != nil {
		return err
	}
	c.Array(2)
	s.key = strconv.AppendUint(s.key[:0], next, 10)
	c.Bulk(s.key)
	replyIDs(c, t, runs, o.form)
	s.keep(runs)
	return nil
}

// scanRange is the range of a pass: only plain SET iteration may do without an
// end.
func (o *options) scanRange(t *tracker.Tracker) (tracker.Range, error) {
	if o.filter == tracker.Set && !o.has(optPartition|optRandom) {
		return o.rangeOrAll(), nil
	}
	rng, err := o.boundedRange(t)
	if err != nil || !o.has(optPartition) {
		return rng, err
	}
	return tracker.Partition(rng, o.index, o.total)
}

package commands

import (
	"strconv"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.SCAN prefix cursor [SET|UNSET|ALL] [RANGE min max] [PARTITION index total] [COUNT n] [KEYS|RUNS]
var scanSpec = &Spec{
	Name: "PT.SCAN", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupIteration,
	Summary:    "Returns one page of the IDs that match, and the cursor of the next.",
	Complexity: "O(n) for n IDs returned, whatever lies between them",
	Since:      "0.1.0",
	Args: []Arg{argPrefix,
		{Name: "cursor", Type: ArgInteger},
		{Name: "filter", Type: ArgOneOf, Optional: true, Args: []Arg{token("SET"), token("UNSET"), token("ALL")}},
		argRange,
		{Name: "partition", Type: ArgBlock, Token: "PARTITION", Optional: true, Args: []Arg{
			{Name: "index", Type: ArgInteger}, {Name: "total", Type: ArgInteger}}},
		argCount, argForm},
	Reply: "array of the next cursor (0: the end) and an array of IDs",
	Run:   (*Commands).scan,
}

const (
	defaultPage = 100
	maxCursor   = 1<<53 - 1 // what JavaScript clients can hold
)

func (x *Commands) scan(c *resp.Conn, args [][]byte) {
	prefix, err := parsePrefix(args[0])
	if err != nil {
		fail(c, err)
		return
	}
	cursor, ok := parseUint(args[1], maxCursor)
	if !ok {
		fail(c, tracker.ErrInvalidCursor)
		return
	}
	o, err := parseOptions(args[2:], optCount|optRange|optForm|optFilter|optAll|optPartition, x.options.MaxCount)
	if err != nil {
		fail(c, err)
		return
	}
	t := x.registry.Get(prefix)
	if t == nil {
		if o.filter != tracker.Set {
			fail(c, errNoSuchPrefix)
			return
		}
		t = x.registry.GetOrNone(prefix)
	}
	rng, err := scanRange(t, &o)
	if err != nil {
		fail(c, err)
		return
	}
	page := defaultPage
	if o.has(optCount) {
		page = o.count
	}

	s := sessionOf(c)
	runs, next, err := t.Scan(s.runs[:0], o.filter, rng, cursor, page)
	if err != nil {
		fail(c, err)
		return
	}
	c.Array(2)
	s.key = strconv.AppendUint(s.key[:0], next, 10)
	c.Bulk(s.key)
	replyIDs(c, t, runs, o.form)
	s.keep(runs)
}

// scanRange is the range of a pass: only plain SET iteration may do without an
// end.
func scanRange(t *tracker.Tracker, o *options) (tracker.Range, error) {
	if o.filter == tracker.Set && !o.has(optPartition) {
		return o.rangeOr(t), nil
	}
	rng, err := o.boundedRange(t)
	if err != nil || !o.has(optPartition) {
		return rng, err
	}
	return tracker.Partition(rng, o.index, o.total)
}

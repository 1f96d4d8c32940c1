package commands

import (
	"strconv"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SSCAN key cursor [MATCH pattern] [COUNT n]: PT.SCAN for tools that speak sets.
var setScanSpec = &Spec{
	Name: "SSCAN", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupSet,
	Summary:    "Returns one page of the IDs that exist, ascending, and the cursor of the next.",
	Complexity: "O(n) for n IDs of the page",
	Since:      "0.1.0",
	Args: []Arg{argKey, {Name: "cursor", Type: ArgInteger},
		{Name: "pattern", Type: ArgPattern, Token: "MATCH", Optional: true},
		{Name: "count", Type: ArgInteger, Token: "COUNT", Optional: true}},
	Reply: "array of the next cursor (0: the end) and an array of IDs",
	Run:   onPrefix((*Commands).setScan),
}

func (x *Commands) setScan(c *resp.Conn, prefix string, args [][]byte) error {
	cursor, ok := parseUint(args[0], maxCursor)
	if !ok {
		return tracker.ErrInvalidCursor
	}
	o, err := x.parseScanOptions(args[1:], false)
	if err != nil {
		return err
	}
	if (asMembers.long(o.count, 0) || o.laborious(len("281474976710655"))) && c.LeaveLoop() {
		return errLater
	}
	t := x.tracker(c, prefix)
	if t == nil { // perhaps dropped since the last page, whose cursor is no error
		t, cursor = x.trackerOrNone(c, prefix), 0
	}
	s := sessionOf(c)
	runs, next, err := t.Scan(s.runs[:0], tracker.Set, tracker.Everything, cursor, o.count)
	if err != nil {
		return err
	}
	ids := s.ids[:0]
	var digits [20]byte
	for _, r := range runs {
		for id := r.Start; id < r.Start+r.Len; id++ {
			if o.pattern == "*" || glob(o.pattern, view(strconv.AppendUint(digits[:0], id, 10))) {
				ids = append(ids, id)
			}
		}
	}
	s.keep(runs)
	s.keepIDs(ids)
	c.Array(2)
	replyMember(c, next)
	c.Array(len(ids))
	replyMembers(c, ids)
	return nil
}

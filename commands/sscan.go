package commands

import (
	"strconv"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/internal/glob"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var argSetCursor = &engine.Arg{Name: "cursor", Type: engine.Integer, Read: parseForeignCursor}

// SSCAN key cursor [MATCH pattern] [COUNT n]
var sScanSpec = &engine.Spec{
	Name: "SSCAN", Arity: -3, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupSet,
	Summary:    "Returns one page of the IDs that exist, ascending, and the cursor of the next.",
	Complexity: "O(n) for n IDs of the page",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argKey, argSetCursor, optScanMatch, optScanCount},
	AsRedis:    true,
	Reply:      "array of the next cursor (0: the end) and an array of IDs",
	Before:     sScanOfNothing,
	Run:        onPrefix(sScan),
}

// sScanOfNothing answers for a key that is not there.
func sScanOfNothing(s *engine.Session, args [][]byte) (answered bool, err error) {
	c := s.State.(*session)
	if _, err := parseForeignCursor(args[1]); err != nil || !c.missing(args[0]) {
		return false, err
	}
	c.Array(2)
	c.replyDigits(0)
	c.Array(0)
	return true, nil
}

func sScan(c *session, p tracker.Handle, args [][]byte) error {
	cursor, err := parseForeignCursor(args[0])
	if err != nil {
		return err
	}
	n, pattern := c.scanCount(), c.pattern(optScanMatch)
	if (asMembers.long(n, 0) || laborious(n, len("281474976710655"), pattern)) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if err := c.collected.start(8 * n); err != nil {
		return err
	}
	if !p.There() {
		cursor = 0 // perhaps dropped since the last page, whose cursor is no error
	}
	cursor = min(cursor, tracker.Limit)
	t := p.Read()
	if t.LongWalk(tracker.Set, tracker.Everything, cursor, n) && c.LeaveLoop() {
		return engine.ErrLater
	}
	runs, next, err := t.Scan(c.runs[:0], tracker.Set, tracker.Everything, cursor, n)
	if err != nil && err != tracker.ErrInvalidCursor { // that is one behind all IDs
		return err
	}
	matcher := glob.Pattern{Text: pattern}
	ids := c.ids[:0]
	var digits [20]byte
	for _, r := range runs {
		for id := r.Start; id < r.Start+r.Len; id++ {
			if pattern == "*" || matcher.Match(view(strconv.AppendUint(digits[:0], id, 10))) {
				ids = append(ids, id)
			}
		}
	}
	c.keepRuns(runs)
	c.keepIDs(ids)
	c.Array(2)
	c.replyDigits(next)
	c.Array(len(ids))
	c.replyMembers(ids)
	return nil
}

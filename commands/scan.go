package commands

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/internal/glob"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var (
	argKeyCursor = &engine.Arg{Name: "cursor", Type: engine.Integer, Read: parseKeyCursor}
	optType      = &engine.Arg{Name: "type", Type: engine.String, Token: "TYPE", Optional: true, Repeats: true}
)

// SCAN cursor [MATCH pattern] [COUNT n] [TYPE type]
var scanSpec = &engine.Spec{
	Name: "SCAN", Arity: -2, Flags: []string{"readonly"},
	Group: groupKeyspace, Summary: "Returns one page of the trackers, and the cursor of the next.",
	Complexity: "O(n) for n buckets of the page", Since: "0.1.0", Reply: "array of the next cursor (0: the end) and an array of prefixes",
	Args:    []*engine.Arg{argKeyCursor, optScanMatch, optScanCount, optType},
	AsRedis: true,
	Run:     run(scan),
}

func scan(c *session, args [][]byte) error {
	cursor, err := parseKeyCursor(args[0])
	if err != nil {
		return err
	}
	n, pattern := c.scanCount(), c.pattern(optScanMatch)
	if (asKeys.long(n, tracker.MaxPrefixLen) || laborious(n, tracker.MaxPrefixLen, pattern)) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if err := c.collected.start(8 * n); err != nil {
		return err
	}
	page, next := c.registry.Scan(cursor, n)
	typed := !c.Options.Has(optType) || engine.Is(c.Options.Word(optType), "SET")
	matcher := glob.Pattern{Text: pattern}
	page = slices.DeleteFunc(page, func(t *tracker.Tracker) bool { return !typed || !matcher.Match(t.Prefix()) })
	c.Array(2)
	c.replyDigits(next)
	c.Array(len(page))
	for _, t := range page {
		c.BulkString(t.Prefix())
	}
	return nil
}

// parseKeyCursor reads the cursor of a scan over prefixes, of which 63 bits count.
func parseKeyCursor(b []byte) (uint64, error) {
	n, err := parseForeignCursor(b)
	return n &^ (1 << 63), err
}

package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.CURSOR NEXT name [COUNT n] [LEASE ms] [ONCLOSE] [KEYS|RUNS]
var ptCursorNextSpec = &engine.Spec{
	Name: "PT.CURSOR|NEXT", Arity: -3, Flags: []string{"write"},
	Group:      groupIteration,
	Summary:    "Hands out the next COUNT (1) IDs of a shared cursor, or fewer. With LEASE what is not confirmed in time is handed out again.",
	Complexity: "O(n) for n IDs handed out, whatever lies between them; in random order O(n) for the n IDs looked at",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argCursorName, optCount, optLease, optOnClose, optForm},
	Reply:      "array of IDs, empty only at the end; with LEASE an array of token and array of IDs, null and empty at the end; null: not yet, pages of others may come back",
	Uneven:     true,
	Run:        run(ptCursorNext),
}

func ptCursorNext(c *session, args [][]byte) error {
	wanted := c.count(1)
	if wanted == 0 { // as in PT.SCAN: empty is the end
		return engine.ErrSyntax
	}
	terms, leased, err := c.leaseTerms()
	if err != nil {
		return err
	}
	if c.form().long(wanted, tracker.MaxPrefixLen) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if err := c.collected.start(16 * wanted); err != nil {
		return err
	}
	lease := &terms
	if !leased {
		lease = nil
	}
	var page tracker.Page
	if c.OnLoop() {
		if page, err = c.caller.NextCursor(c.runs[:0], view(args[0]), wanted, lease, nil); err == nil && page.Turn == tracker.Unfinished && c.LeaveLoop() {
			return engine.ErrLater
		}
	}
	if err == nil && page.Turn == tracker.Unfinished {
		page, err = c.caller.NextCursor(c.runs[:0], view(args[0]), wanted, lease, c)
	}
	switch {
	case err != nil:
		return err
	case page.Turn == tracker.NotYet || page.Turn == tracker.Unfinished: // or nobody waits any more
		c.Null()
	case leased:
		c.replyLease(page.Tracker, page.Token, page.Runs)
	default:
		c.replyIDs(page.Tracker, page.Runs, c.form())
		c.keepRuns(page.Runs)
	}
	return nil
}

package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SPOP key [count]
var sPopSpec = &engine.Spec{
	Name: "SPOP", Arity: -2, Flags: []string{"write", "fast"},
	Uneven:   true,
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupSet,
	Summary:    "Hands out existing IDs drawn at random and marks them as not existing, each to one caller only.",
	Complexity: "O(n) for n IDs, and what SRANDMEMBER costs",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argKey, argDraws},
	Reply:      "ID or null; with a count a set",
	Run:        onPrefix(sPop),
}

func sPop(c *session, p tracker.Handle, args [][]byte) error {
	n, err := c.draws(args)
	switch {
	case err == engine.ErrSyntax:
		return err
	case err != nil || n < 0: // Redis has the same text for both
		return errNotPositive
	}
	if (n > fewDraws || p.Read().LongDraw(n, true)) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if err := c.collected.start(8 * n); err != nil {
		return err
	}
	ids := p.Pop(c.ids[:0], n, &c.sampler)
	c.keepIDs(ids)
	if len(args) == 0 {
		c.replyDraw(ids)
		return nil
	}
	c.Set(len(ids))
	c.replyMembers(ids)
	return nil
}

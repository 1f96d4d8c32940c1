package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// SRANDMEMBER key [count]
var sRandMemberSpec = &engine.Spec{
	Name: "SRANDMEMBER", Arity: -2, Flags: []string{"readonly"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupSet,
	Summary:    "Returns existing IDs drawn at random, each with the same probability; with a negative count one may come several times.",
	Complexity: "O(n) for n IDs; each takes as many trials as there are IDs' room for one ID, or all together one walk over the words that have IDs, whichever is less",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argKey, argDraws},
	Reply:      "ID or null; with a count an array",
	Run:        onPrefix(sRandMember),
}

func sRandMember(c *session, p tracker.Handle, args [][]byte) error {
	n, err := c.draws(args)
	if err != nil {
		return err
	}
	t, wanted, distinct := p.Read(), max(n, -n), n >= 0 && len(args) > 0
	if (wanted > fewDraws || t.LongDraw(wanted, distinct)) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if err := c.collected.start(8 * wanted); err != nil {
		return err
	}
	ids := c.ids[:0]
	if distinct {
		ids = t.SampleDistinct(ids, wanted, &c.sampler)
	} else {
		ids = t.Sample(ids, wanted, &c.sampler)
	}
	c.keepIDs(ids)
	if len(args) == 0 {
		c.replyDraw(ids)
		return nil
	}
	c.Array(len(ids))
	c.replyMembers(ids)
	return nil
}

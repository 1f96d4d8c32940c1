package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.CLAIMNEXT prefix [COUNT n] [RANGE min max] [EXCEPT prefix] [ONLY prefix] [KEYS|RUNS] [LEASE ms] [ONCLOSE]
var ptClaimNextSpec = &engine.Spec{
	Name: "PT.CLAIMNEXT", Arity: -2, Flags: []string{"write", "denyoom", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupHandOut,
	Summary:    "Hands out the next free IDs and marks them as existing, each to one caller only.",
	Complexity: "O(n) for n IDs handed out, whatever the number of IDs tracked; with a mask O(m/64) more for m IDs that are looked at in vain",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, optCount, optRange, optExcept, optOnly, optForm, optLease, optOnClose},
	Reply:      "ID or null; with COUNT an array, empty when nothing is free; with LEASE an array of token and array of IDs, null and empty when nothing is free",
	Run:        onPrefix(ptClaimNext),
}

func ptClaimNext(c *session, p tracker.Handle, _ [][]byte) error {
	wanted := c.count(1)
	mask, err := c.mask()
	if err != nil {
		return err
	}
	t, rng := p.Read(), c.rangeOrAll()
	if c.longHandOut(t, tracker.Unset, mask, rng, wanted) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if c.leases() {
		return c.lend(p, p.ClaimLease, mask, rng, wanted)
	}
	if err := c.collected.start(16 * wanted); err != nil {
		return err
	}
	runs, err := p.ClaimNextMasked(c.runs[:0], rng, mask, wanted)
	if err != nil {
		return err
	}
	c.replyHandOut(p.Read(), runs)
	return nil
}

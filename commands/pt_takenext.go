package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// PT.TAKENEXT prefix [COUNT n] [RANGE min max] [EXCEPT prefix] [ONLY prefix] [KEYS|RUNS] [LEASE ms] [ONCLOSE]
var ptTakeNextSpec = &engine.Spec{
	Name: "PT.TAKENEXT", Arity: -2, Flags: []string{"write", "fast"},
	FirstKey: 1, LastKey: 1, Step: 1,
	Group:      groupHandOut,
	Summary:    "Hands out the next existing IDs and marks them as not existing, each to one caller only.",
	Complexity: "O(n) for n IDs handed out, whatever the number of IDs tracked; with a mask O(m/64) more for m IDs that are looked at in vain",
	Since:      "0.1.0",
	Args:       []*engine.Arg{argPrefix, optCount, optRange, optExcept, optOnly, optForm, optLease, optOnClose},
	Reply:      "ID or null; with COUNT an array, empty when nothing exists; with LEASE an array of token and array of IDs, null and empty when nothing exists",
	Run:        onPrefix(ptTakeNext),
}

func ptTakeNext(c *session, p tracker.Handle, _ [][]byte) error {
	wanted := c.count(1)
	mask, err := c.mask()
	if err != nil {
		return err
	}
	t, rng := p.Read(), c.rangeOrAll()
	if c.longHandOut(t, tracker.Set, mask, rng, wanted) && c.LeaveLoop() {
		return engine.ErrLater
	}
	if c.leases() {
		return c.lend(p, p.TakeLease, mask, rng, wanted)
	}
	if err := c.collected.start(16 * wanted); err != nil {
		return err
	}
	runs := p.TakeNextMasked(c.runs[:0], rng, mask, wanted)
	c.replyHandOut(t, runs)
	return nil
}

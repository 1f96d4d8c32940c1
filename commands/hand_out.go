package commands

import (
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/tracker"
)

var (
	argToken = &engine.Arg{Name: "token", Type: engine.String}
	argMS    = &engine.Arg{Name: "ms", Type: engine.Integer, Read: parseTTL}
	argSome  = &engine.Arg{Name: "id", Type: engine.Integer, Multiple: true, Optional: true}
)

// fewHandedOut is how many IDs are handed out quickly, however they lie and are
// written.
const fewHandedOut = 512

// longHandOut tells whether to hand out n IDs of r that match filter, and that mask does
// not pass over, takes long.
func (c *session) longHandOut(t tracker.Reader, filter tracker.Filter, mask tracker.Mask, r tracker.Range, n int) bool {
	few := n <= fewHandedOut
	if few && filter == tracker.Unset && mask.IsZero() { // mostly
		return false
	}
	s := t.Select(filter, mask)
	return !(few && s.Plain()) && (c.form().long(n, tracker.MaxPrefixLen) || s.LongHandOut(r, n))
}

// replyHandOut writes what a hand-out gave, and takes the buffer of runs back: an
// array when COUNT was given or runs are wanted, else one ID or null.
func (c *session) replyHandOut(t tracker.Reader, runs []tracker.Run) {
	switch f := c.form(); {
	case c.Options.Has(optCount) || f == asRuns:
		c.replyIDs(t, runs, f)
	case len(runs) == 0:
		c.Null()
	default:
		c.replyID(t, runs[0].Start, f)
	}
	c.keepRuns(runs)
}

// lend answers PT.CLAIMNEXT and PT.TAKENEXT with a lease.
func (c *session) lend(p tracker.Handle, lend func(dst []tracker.Run, r tracker.Range, m tracker.Mask, n int, o tracker.LeaseTerms) (string, []tracker.Run, error), mask tracker.Mask, rng tracker.Range, wanted int) error {
	terms, _, err := c.leaseTerms()
	if err != nil {
		return err
	}
	if p.LongLease() && c.LeaveLoop() {
		return engine.ErrLater
	}
	if err := c.collected.start(16 * wanted); err != nil {
		return err
	}
	token, runs, err := lend(c.runs[:0], rng, mask, wanted, terms)
	if err == nil {
		c.replyLease(p.Read(), token, runs)
	}
	return err
}

// settle answers PT.CONFIRM and PT.RELEASE.
func (c *session) settle(args [][]byte, settle func(token string, ids []uint64) (uint64, error)) error {
	var ids []uint64
	if len(args) > 1 {
		var err error
		if ids, err = c.parseIDs(args[1:]); err != nil {
			return err
		}
	}
	if c.caller.LongSettle(view(args[0]), len(ids)) && c.LeaveLoop() {
		return engine.ErrLater
	}
	n, err := settle(view(args[0]), ids)
	if err != nil {
		return err
	}
	c.Int(int64(n))
	return nil
}

package commands

import "github.com/prefixtracker/prefixtracker/tracker"

// fewHandedOut is how many IDs are handed out quickly, however they lie and are
// written.
const fewHandedOut = 512

// longHandOut tells whether to hand out n IDs of r that are selected takes long.
func (c *session) longHandOut(s tracker.Selection, r tracker.Range, n int) bool {
	return !(n <= fewHandedOut && s.Plain()) && (c.form().long(n, tracker.MaxPrefixLen) || s.LongHandOut(r, n))
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

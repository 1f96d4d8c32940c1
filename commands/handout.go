package commands

import (
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// replyIDs writes the IDs of runs as an array in the form asked for.
func replyIDs(c *resp.Conn, t *tracker.Tracker, runs []tracker.Run, f form) {
	if f == asRuns {
		c.Array(len(runs))
		for _, r := range runs {
			c.Array(2)
			c.Int(int64(r.Start))
			c.Int(int64(r.Len))
		}
		return
	}
	c.Array(int(tracker.Total(runs)))
	lines := newIDLines(sessionOf(c), t, f)
	for _, r := range runs {
		for id := r.Start; id < r.Start+r.Len; id++ {
			lines.write(c, id)
		}
	}
}

// replyID writes one ID, as an integer or as its key.
func replyID(c *resp.Conn, t *tracker.Tracker, id uint64, f form) {
	if f != asKeys {
		c.Int(int64(id))
		return
	}
	s := sessionOf(c)
	s.key = t.AppendKey(s.key[:0], id)
	c.Bulk(s.key)
}

// replyHandOut writes what a hand-out gave: an array when COUNT was given or
// runs are wanted, else one ID or null.
func replyHandOut(c *resp.Conn, t *tracker.Tracker, runs []tracker.Run, o *options) {
	switch {
	case o.has(optCount) || o.form == asRuns:
		replyIDs(c, t, runs, o.form)
	case len(runs) == 0:
		c.Null()
	default:
		replyID(c, t, runs[0].Start, o.form)
	}
}

// wanted is how many IDs a hand-out is asked for.
func (o *options) wanted() int {
	if o.has(optCount) {
		return o.count
	}
	return 1
}

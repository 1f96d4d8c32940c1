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
	n := 0
	for _, r := range runs {
		for id := r.Start; id < r.Start+r.Len; id++ {
			if n++; n%goneEvery == 0 && c.Gone() {
				return
			}
			lines.write(c, id)
		}
	}
}

// loopReply is how long a reply on a loop may be: there all of it is kept in
// memory for a client who does not read it.
const loopReply = 1 << 20

// long tells whether a reply of n IDs may be too long for a loop, whatever the
// tracker's width and tag.
func (f form) long(n, prefixLen int) bool {
	each := len("$15\r\n281474976710655\r\n")
	switch f {
	case asKeys:
		each += prefixLen + len("{}:") + tracker.MaxTagLen + tracker.MaxWidth
	case asRuns:
		each = len("*2\r\n") + 2*len(":281474976710655\r\n")
	}
	return n > loopReply/each
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

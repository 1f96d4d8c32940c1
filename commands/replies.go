package commands

import (
	"strconv"
	"strings"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// replyIDs writes the IDs of runs as an array in the form asked for.
func (c *session) replyIDs(t tracker.Reader, runs []tracker.Run, f form) {
	c.collected.have(16 * cap(runs))
	if f == asRuns {
		c.Array(len(runs))
		for _, r := range runs {
			c.replyPair(r.Start, r.Len)
		}
		return
	}
	c.Array(int(tracker.Total(runs)))
	lines := idLines{session: c, tracker: t, form: f}
	n := 0
	for _, r := range runs {
		for id := r.Start; id < r.Start+r.Len; id++ {
			if n++; n%goneEvery == 0 && c.Gone() {
				return
			}
			lines.write(id)
		}
	}
}

func (c *session) replyPair(a, b uint64) {
	c.Array(2)
	c.Int(int64(a))
	c.Int(int64(b))
}

// replyID writes one ID, as an integer or as its key.
func (c *session) replyID(t tracker.Reader, id uint64, f form) {
	if f != asKeys {
		c.Int(int64(id))
		return
	}
	c.key = t.AppendKey(c.key[:0], id)
	c.Bulk(c.key)
}

// replyDigits writes a number as a string.
func (c *session) replyDigits(n uint64) {
	c.key = strconv.AppendUint(c.key[:0], n, 10)
	c.Bulk(c.key)
}

// goneEvery is how many elements of a long reply are made between two looks at
// whether somebody still wants them.
const goneEvery = 1024

// loopReply is how long a reply on a loop may be: it is made in two milliseconds,
// and all of it is kept in memory for a client who does not read it. loopMessage
// is how long a message may be that a loop echoes.
const (
	loopReply   = 512 << 10
	loopMessage = 64 << 10
)

// long tells whether a reply of n IDs may be too long for a loop, whatever the
// tracker's width and tag.
func (f form) long(n, prefixLen int) bool {
	each := resp.BulkSize(len("281474976710655"))
	switch f {
	case asKeys:
		each = resp.BulkSize(prefixLen + len("{}:") + tracker.MaxTagLen + tracker.MaxWidth)
	case asRuns:
		each = resp.ArraySize + 2*resp.IntSize
	}
	return n > loopReply/each
}

// replyLines writes text that clients show as it is: an array of lines in RESP2,
// whose bulk strings are shown with their bytes escaped.
func (c *session) replyLines(lines []string) {
	if c.Protocol() == 3 {
		c.Verbatim(strings.Join(lines, "\n") + "\n")
		return
	}
	c.Array(len(lines))
	for _, line := range lines {
		c.SimpleString(line)
	}
}

// replyLease writes a token, null for none, and the IDs that were handed out with it.
func (c *session) replyLease(t tracker.Reader, token string, runs []tracker.Run) {
	c.Array(2)
	if token == "" {
		c.Null()
	} else {
		c.BulkString(token)
	}
	c.replyIDs(t, runs, c.form())
	c.keepRuns(runs)
}

package resp

import "time"

// fairShare is how long a batch may keep a loop before it is watched, and then
// again before its connection leaves the loop, so that its commands, which are
// many or not short, hold up nobody else.
const fairShare = 5 * time.Millisecond / 2

// share is what a batch has had of its loop.
type share struct {
	spent   time.Duration // since the begin, or since it is watched
	watched bool
	cpu     time.Duration // the thread's, when the watch began
}

// Spent is for handlers, who look at the clock for their own ends: the batch at
// hand has taken d more. It leaves its loop if that was work: a thread that had
// to wait for a processor has nothing to blame its clients for.
func (c *Conn) Spent(d time.Duration) {
	if c.share.spent += d; c.share.spent > fairShare && c.looped {
		c.overspent()
	}
}

func (c *Conn) overspent() {
	cpu := threadTime()
	if c.share.watched && cpu-c.share.cpu > fairShare/2 {
		c.leaving = true
	}
	c.share = share{watched: true, cpu: cpu}
}

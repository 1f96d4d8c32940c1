package resp

import "time"

// fairShare is how long a batch may keep a loop before it is watched, and then
// again before its connection leaves the loop, so that its commands, which are
// many or not short, hold up nobody else.
const fairShare = 5 * time.Millisecond / 2

// lookEvery is after how many commands a batch is looked at of which the handler
// does not tell.
const lookEvery = 64

// share is what a batch has had of its loop.
type share struct {
	spent   time.Duration // since the begin, or since it is watched
	watched bool
	cpu     time.Duration // the thread's, when the watch began
	told    bool          // by the handler, since the last look
	looked  time.Duration // when that was; 0: there was none, or the handler told
}

// Spent is for handlers, who look at the clock for their own ends: the batch at
// hand has taken d more. It leaves its loop if that was work: a thread that had
// to wait for a processor has nothing to blame its clients for.
func (c *Conn) Spent(d time.Duration) {
	c.share.told = true
	if c.share.spent += d; c.share.spent > fairShare && c.looped {
		c.overspent()
	}
}

func (c *Conn) overspent() {
	cpu := threadTime()
	if c.share.watched && cpu-c.share.cpu > fairShare/2 {
		c.leaving = true
	}
	c.share.watched, c.share.spent, c.share.cpu = true, 0, cpu
}

// look makes up for a handler that does not tell, as of commands that it
// refuses.
func (c *Conn) look() {
	if c.share.told {
		c.share.told, c.share.looked = false, 0
		return
	}
	now := c.Server.now()
	if c.share.looked != 0 {
		c.Spent(now - c.share.looked)
	}
	c.share.told, c.share.looked = false, now
}

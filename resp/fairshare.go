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
	share := &c.batch.share
	share.told = true
	if share.spent += d; share.spent > fairShare && c.place == onLoop {
		share.overspent(c)
	}
}

func (s *share) overspent(c *Conn) {
	cpu := threadTime()
	if s.watched && cpu-s.cpu > fairShare/2 {
		c.leaveSoon()
	}
	s.watched, s.spent, s.cpu = true, 0, cpu
}

// look makes up for a handler that does not tell, as of commands that it
// refuses.
func (c *Conn) look() {
	share := &c.batch.share
	if share.told {
		share.told, share.looked = false, 0
		return
	}
	now := c.Server.now()
	if share.looked != 0 {
		c.Spent(now - share.looked)
	}
	share.told, share.looked = false, now
}

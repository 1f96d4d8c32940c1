package resp

import (
	"runtime"
	"time"
)

// longWork is the places of those who are at long work, one for each processor
// but one: however many clients ask for what takes long, the event loops, and all
// whose commands are short, find a processor. Who waits for a place gets one in
// the order in which they came: channels serve those who wait in that order.
//
// A place is never kept while its owner waits for a client or for memory.
type longWork chan struct{}

func newLongWork() longWork { return make(longWork, max(1, runtime.GOMAXPROCS(0)-1)) }

// workTurn is how long somebody works before others have their turn, and loops
// that have found no processor get one.
const workTurn = time.Millisecond

// labour is a connection's part in it.
type labour struct {
	places longWork // nil while it has none
	began  time.Duration
}

// beginWork gets the connection a place until endWork, unless it has one. Where
// the server does not call the handler, nobody would give it up.
func (c *Conn) beginWork() {
	if s := c.Server; c.session != nil && c.labour.places == nil {
		s.longWork <- struct{}{}
		c.labour = labour{s.longWork, s.now()}
	}
}

func (c *Conn) endWork() {
	if places := c.labour.places; places != nil {
		c.labour.places = nil
		<-places
	}
}

// giveWay lets others have their turn, now and then.
func (c *Conn) giveWay() {
	if c.labour.places == nil || c.Server.now()-c.labour.began < workTurn {
		return
	}
	c.endWork()
	runtime.Gosched()
	c.beginWork()
}

// Rest calls f, which waits: meanwhile others may be at long work.
func (c *Conn) Rest(f func()) {
	if c.labour.places == nil {
		f()
		return
	}
	c.endWork()
	f()
	c.beginWork()
}

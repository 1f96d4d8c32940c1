package resp

import (
	"runtime"
	"slices"
	"sync"
	"time"
)

// longWork is the places of those who are at long work, one for each processor
// but one: however many clients ask for what takes long, in one command or in
// many, the event loops, and all whose work is short, find a processor. Who waits
// for a place gets one in the order in which they came.
//
// A place is never kept while its owner waits for a client. Who works on and on,
// because there is no end of a piece where he would look at others, loses it to
// one of them: nobody waits for another one's whole work, and no two for each
// other.
type longWork struct {
	patience time.Duration // with one whose turn does not end
	mu       sync.Mutex
	owners   []*labour
	waiting  []*labour // the first to get a place first
}

// workTurn is how long a batch off a loop works without a place, and then with
// one before others have their turn, and loops that have found no processor get
// one.
const workTurn = time.Millisecond

// labour is a connection's part in it.
type labour struct {
	began   time.Duration // the batch or the turn at hand, by the server's clock
	entered bool          // it has got a place, and perhaps lost it meanwhile
	ready   chan struct{} // told that it has one; nil before it first waits
	since   time.Time     // when it has got its place; guarded by longWork.mu
}

func newLongWork(patience time.Duration) *longWork {
	return &longWork{patience: max(patience, workTurn)}
}

// giveWay lets others have their turn, now and then: between two commands of a
// batch off a loop, and between two pieces of one.
func (c *Conn) giveWay() {
	s := c.Server
	// Where the server does not call the handler, nobody would give the place up.
	if c.place != offLoop || c.session == nil || s.now()-c.labour.began < workTurn {
		return
	}
	c.outbox.commit() // others see it: it is not to wait for their turns
	s.longWork.leave(&c.labour)
	runtime.Gosched()
	s.longWork.enter(&c.labour, c.killed.Load)
	c.labour.began, c.batch.share.spent = s.now(), 0
}

// Rest calls f, which waits: meanwhile others may be at long work. What the client has
// changed is in the log before.
func (c *Conn) Rest(f func()) {
	c.outbox.commit()
	if !c.labour.entered {
		f()
		return
	}
	c.endWork()
	f()
	if !c.isGone() {
		c.Server.longWork.enter(&c.labour, c.killed.Load)
	}
}

// endWork gives up the place, if there is one.
func (c *Conn) endWork() {
	if c.labour.entered {
		c.Server.longWork.leave(&c.labour)
	}
}

// enter gets l a place. For one that is gone by then there is none to wait for.
func (w *longWork) enter(l *labour, gone func() bool) {
	w.mu.Lock()
	l.entered = true
	if len(w.waiting) == 0 && len(w.owners) < w.places() {
		w.own(l)
		w.mu.Unlock()
		return
	}
	if l.ready == nil {
		l.ready = make(chan struct{}, 1)
	}
	w.waiting = append(w.waiting, l)
	// One of those who wait looks in time, but thousands do not each.
	look := time.NewTicker(w.patience * time.Duration(min(len(w.waiting), 16)))
	w.mu.Unlock()
	defer look.Stop()
	for {
		select {
		case <-l.ready:
			return
		case <-look.C:
			if w.look(); gone() && w.giveUp(l) {
				return
			}
		}
	}
}

// places is how many there are.
func (w *longWork) places() int { return max(1, runtime.GOMAXPROCS(0)-1) }

// own makes l an owner, and next takes one who waits. mu is held.
func (w *longWork) own(l *labour) {
	l.since = time.Now()
	w.owners = append(w.owners, l)
}

func (w *longWork) next() *labour {
	l := w.waiting[0]
	w.waiting = slices.Delete(w.waiting, 0, 1)
	select {
	case l.ready <- struct{}{}:
	default: // it has been told
	}
	return l
}

// look gives the places of those who have worked for too long to the first who
// wait.
func (w *longWork) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := 0; i < len(w.owners) && len(w.waiting) > 0; {
		if time.Since(w.owners[i].since) > w.patience {
			w.owners = slices.Delete(w.owners, i, i+1)
			w.own(w.next())
		} else {
			i++
		}
	}
}

// giveUp reports whether l has waited, and does no more.
func (w *longWork) giveUp(l *labour) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.waiting, l)
	if i < 0 {
		return false // it is told
	}
	w.waiting = slices.Delete(w.waiting, i, i+1)
	l.entered = false
	return true
}

func (w *longWork) leave(l *labour) {
	if !l.entered {
		return
	}
	l.entered = false
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := slices.Index(w.owners, l); i >= 0 { // it has not lost it
		w.owners = slices.Delete(w.owners, i, i+1)
	}
	for len(w.waiting) > 0 && len(w.owners) < w.places() {
		w.own(w.next())
	}
}

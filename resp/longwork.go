package resp

import (
	"runtime"
	"slices"
	"sync"
	"time"
)

// longWork is the places of those who are at long work, one for each processor
// but one: however many clients ask for what takes long, the event loops, and all
// whose commands are short, find a processor. Who waits for a place gets one in
// the order in which they came: channels serve those who wait in that order.
//
// A place is never kept while its owner waits for a client or for memory. Who
// works on and on, because there is no end of a piece where he would look at
// others, loses it to one of them: nobody waits for another one's whole work, and
// no two for each other.
type longWork struct {
	places   chan struct{} // as many as are taken
	patience time.Duration // of who waits, with one whose turn does not end
	mu       sync.Mutex
	owners   []*labour
}

func newLongWork(patience time.Duration) *longWork {
	return &longWork{places: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)), patience: max(patience, workTurn)}
}

// workTurn is how long somebody works before others have their turn, and loops that
// have found no processor get one.
const workTurn = time.Millisecond

// labour is a connection's part in it.
type labour struct {
	at    *longWork // nil while it does not work long
	began time.Time // its turn; guarded by mu where it has a place
}

// beginWork gets the connection a place until endWork, unless it has one. Where
// the server does not call the handler, nobody would give it up.
func (c *Conn) beginWork() {
	if c.session == nil || c.labour.at != nil {
		return
	}
	c.Server.longWork.enter(&c.labour)
}

func (w *longWork) enter(l *labour) {
	l.at = w
	select {
	case w.places <- struct{}{}:
		w.own(l)
		return
	default:
	}
	alarm := time.NewTicker(w.patience)
	defer alarm.Stop()
	for {
		select {
		case w.places <- struct{}{}:
			w.own(l)
			return
		case <-alarm.C:
			if w.takeOver(l) {
				return
			}
		}
	}
}

func (w *longWork) own(l *labour) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l.began = time.Now()
	w.owners = append(w.owners, l)
}

// takeOver gives l the place of one who has worked for too long, if there is one.
func (w *longWork) takeOver(l *labour) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, owner := range w.owners {
		if time.Since(owner.began) > w.patience {
			l.began = time.Now()
			w.owners[i] = l
			return true
		}
	}
	return false
}

func (c *Conn) endWork() {
	if w := c.labour.at; w != nil {
		c.labour.at = nil
		w.leave(&c.labour)
	}
}

func (w *longWork) leave(l *labour) {
	w.mu.Lock()
	i := slices.Index(w.owners, l)
	if i >= 0 {
		w.owners = slices.Delete(w.owners, i, i+1)
	}
	w.mu.Unlock()
	if i >= 0 { // it has not lost it
		<-w.places
	}
}

// giveWay lets others have their turn, now and then.
func (c *Conn) giveWay() {
	if c.labour.at == nil || time.Since(c.labour.began) < workTurn {
		return
	}
	c.endWork()
	runtime.Gosched()
	c.beginWork()
}

// Rest calls f, which waits: meanwhile others may be at long work.
func (c *Conn) Rest(f func()) {
	if c.labour.at == nil {
		f()
		return
	}
	c.endWork()
	f()
	c.beginWork()
}

package resp

import (
	"sync"
	"time"
)

// unread are the connections whose clients have not taken replies that take much
// of the query memory. When they hold much together, or another one finds no room,
// those are ended that have taken nothing for some time: who does not read makes
// room for who comes, and not the reverse. Whoever needs room looks at a few of them.
type unread struct {
	mu          sync.Mutex
	first, last *Conn // in the order of their last looks
	held        int64 // by all of them
	dying       int64 // by those that were ended and have yet to give it back
}

// debt is a connection's place among the unread, whose lock guards it.
type debt struct {
	prev, next *Conn
	in         bool  // it is one of them
	dying      bool  // it was, and was ended
	held       int64 // by the connection
	look       look
}

// look is what a connection was like when it was looked at.
type look struct {
	at     time.Duration
	active time.Duration // when something had last come or gone
	unsent int           // what the kernel had for the client; -1 for nobody has asked
}

// took tells whether the client has taken something between two looks.
func (l look) took(later look) bool { return l.active != later.active || l.unsent != later.unsent }

const (
	// unreadPatience is how long a client may take nothing while others need room.
	unreadPatience = 300 * time.Millisecond
	// fewLooks is how many connections are looked at by one that needs room.
	fewLooks = 8
	// roomPatience is how long one waits for room, and roomPoll how often it asks.
	roomPatience = 20 * time.Second
	roomPoll     = 5 * time.Millisecond
	// halfPatience is that for a client that has ended its side: those who do not read
	// make room sooner.
	halfPatience = 3 * unreadPatience
	// waitingShare is the part of the query memory, one of so many, that replies may
	// take beside it while they wait for room in it.
	waitingShare = 8
)

// owes notes that the client has not taken n bytes of replies. It is for the one
// goroutine that sends.
func (c *Conn) owes(n int) {
	much := n > freeShare
	if !much && !c.indebted {
		return // as mostly
	}
	s := c.Server
	if !much {
		s.unread.remove(c)
	} else {
		first := look{at: s.now(), active: c.lastActive(), unsent: -1}
		if !c.indebted && s.queries.Used() > s.queries.limitOf(pushed) { // it may not be long until the next
			first.unsent = c.carried().unsent()
		}
		s.unread.add(c, first)
	}
	c.indebted = much
	s.makeRoom(replied, 0)
}

// add makes c one of them, or notes that it holds more or less than before.
func (u *unread) add(c *Conn, first look) {
	held := c.memory.holds()
	u.mu.Lock()
	defer u.mu.Unlock()
	d := &c.debt
	if d.dying {
		return
	}
	if !d.in {
		d.in, d.look = true, first
		u.append(c)
	}
	u.held += held - d.held
	d.held = held
}

func (u *unread) remove(c *Conn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if c.debt.in {
		u.unlink(c)
		u.held -= c.debt.held
		c.debt = debt{}
	}
}

// gone is for a connection that has given back all that it held.
func (u *unread) gone(c *Conn) {
	u.remove(c)
	u.mu.Lock()
	defer u.mu.Unlock()
	if c.debt.dying {
		u.dying -= c.debt.held
		c.debt = debt{}
	}
}

// append puts c behind all others. u.mu is held.
func (u *unread) append(c *Conn) {
	if c.debt.prev = u.last; u.last == nil {
		u.first = c
	} else {
		u.last.debt.next = c
	}
	u.last = c
}

// unlink takes c out. u.mu is held.
func (u *unread) unlink(c *Conn) {
	d := &c.debt
	if d.prev == nil {
		u.first = d.next
	} else {
		d.prev.debt.next = d.next
	}
	if d.next == nil {
		u.last = d.prev
	} else {
		d.next.debt.prev = d.prev
	}
	d.prev, d.next = nil, nil
}

// makeRoom ends connections that take nothing, while all of the unread hold more than
// messages may, or there is no room for n more bytes for a use. It does not wait: what
// they hold is given back soon.
func (s *Server) makeRoom(use Use, n int) {
	for range fewLooks {
		c, before := s.unread.due(s.queries, use, n, s.now()-unreadPatience)
		if c == nil {
			return
		}
		now := look{s.now(), c.lastActive(), c.carried().unsent()}
		if s.unread.looked(c, before, now) {
			s.refuse(refusedQueryMemory, c.RemoteAddr(), "replies unread")
			c.Kill()
		}
	}
}

// due returns the connection that is to be looked at next, and its last look; nil
// when there is room, or all were looked at after since.
func (u *unread) due(m *QueryMemory, use Use, n int, since time.Duration) (*Conn, look) {
	u.mu.Lock()
	defer u.mu.Unlock()
	// Where others hold it all, to end these would be of no use.
	short := n > 0 && u.held > m.limit/8 && m.Used()+int64(n)-u.dying > m.limitOf(use)
	c := u.first
	if m.limit <= 0 || c == nil || c.debt.look.at > since || !short && u.held <= m.limitOf(pushed) {
		return nil, look{}
	}
	return c, c.debt.look
}

// looked notes what a connection is like now, and reports whether it is to end: it
// has taken nothing since the look before.
func (u *unread) looked(c *Conn, before, now look) (ends bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	d := &c.debt
	if !d.in || d.look != before {
		return false // it has taken all, or somebody else has looked
	}
	u.unlink(c)
	if before.took(now) {
		d.look = now
		u.append(c)
		return false
	}
	d.in, d.dying = false, true
	u.held -= d.held
	u.dying += d.held
	return true
}

// await is takeFor where it may be waited: for those who do not read. A client that
// has ended its side may have gone; it gets less time.
func (c *Conn) await(use Use, n int) bool {
	if c.memory.takeFor(use, n) {
		return true
	}
	s := c.Server
	began := s.now()
	waits := func() bool {
		waited := s.now() - began
		return waited < roomPatience && !c.killed.Load() && (waited < halfPatience || !c.hasEnded())
	}
	found := false
	c.Rest(func() {
		for ; c.memory.couldHold(n) && waits(); time.Sleep(roomPoll) {
			if s.makeRoom(use, n); c.memory.takeFor(use, n) {
				found = true
				return
			}
		}
	})
	return found
}

// awaitReply is await for a reply that there is already. Such replies may be a part of
// the query memory beyond it.
func (c *Conn) awaitReply(n int) bool {
	if c.memory.takeFor(replied, n) {
		return true
	}
	if !c.Server.waiting.take(n) {
		return false
	}
	defer c.Server.waiting.give(n)
	return c.await(replied, n)
}

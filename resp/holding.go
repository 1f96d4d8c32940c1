package resp

import (
	"math"
	"sync"
)

// holding is what one connection holds of the server's query memory: commands under
// way and queued, names that it watches, replies and messages that it has not
// taken. It is bounded, so that one connection cannot take all, and all who hold
// much leave a part for those who need little. Its methods are safe for concurrent
// use.
type holding struct {
	all *QueryMemory // nil: without a server

	mu     sync.Mutex
	used   int64
	limit  int64        // 0 for none
	others *QueryMemory // of all strangers of its origin, while it is one of them; or nil
}

// What a connection that holds so little gets.
const (
	// freeShare is never refused: a command of some words, also in pieces.
	freeShare = 8 << 10
	// smallShare may also be taken from the part that is kept for it: a command
	// of a thousand words.
	smallShare = 64 << 10
)

// init makes it a part of all, and of others unless that is nil.
func (h *holding) init(all, others *QueryMemory) {
	h.all, h.others = all, others
	if all.limit > 0 {
		h.limit = max(all.limit/2, min(all.limit, smallShare))
	}
}

// Use is what a connection needs query memory for: how much all of them may hold
// when one asks for more of it, in sixteenths. The order is what matters. What piles up
// while a client listens leaves room for telling it, that for what clients ask for,
// and all of it for those who need little: so who holds much ends nobody else.
type Use int64

const (
	// Watched are the names that a client is told of when they change.
	Watched Use = 6
	// pushed are messages that a client has not read.
	pushed Use = 8
	// Collected is what long replies are made of.
	Collected Use = 10
	// replied are replies that a client has not taken.
	replied Use = 11
	// asked are commands under way.
	asked Use = 12
	// little is what somebody asks for, or is replied, who holds no more than smallShare.
	little Use = 16
)

// take reports whether n more bytes may be held.
func (h *holding) take(n int) bool { return h.takeFor(asked, n) }

// takeFor is take for what is not asked for.
func (h *holding) takeFor(use Use, n int) bool {
	if h.all == nil {
		return true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	used := h.used + int64(n)
	if use >= replied && used <= smallShare {
		use = little
	}
	switch {
	case used <= freeShare:
		h.all.count(n)
		h.others.count(n)
	case h.limit > 0 && used > h.limit, !h.others.take(n):
		return false
	case !h.all.takeOf(h.all.limitOf(use), n):
		h.others.give(n)
		return false
	}
	h.used += int64(n)
	return true
}

// limitOf returns how much may be in use when a connection takes of it; 0 is
// without limit.
func (m *QueryMemory) limitOf(use Use) int64 { return m.limit - m.limit/16*int64(16-use) }

// count holds n more bytes whatever the limits are.
func (h *holding) count(n int) {
	if h.all == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.used += int64(n)
	h.all.count(n)
	h.others.count(n)
}

// give gives n bytes back.
func (h *holding) give(n int) {
	if h.all == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.used -= int64(n)
	h.all.give(n)
	h.others.give(n)
}

// tooMuchUnread notes that there is no memory for what the client has not read, and
// returns the error that ends the connection.
func (c *Conn) tooMuchUnread() error {
	c.Server.refuse(refusedQueryMemory, c.RemoteAddr(), "replies unread")
	return ErrQueryMemory
}

// holds returns how much it holds.
func (h *holding) holds() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.used
}

// room returns how much more of commands may be held.
func (h *holding) room() int {
	if h.all == nil || h.limit <= 0 {
		return math.MaxInt
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	room := min(h.limit-h.used, h.all.limitOf(asked)-h.all.Used())
	if h.others != nil {
		room = min(room, int64(h.others.room()))
	}
	return int(max(room, 0))
}

// couldHold tells whether n more bytes would be no more than a connection may hold.
func (h *holding) couldHold(n int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.others == nil && (h.limit <= 0 || h.used+int64(n) <= h.limit)
}

// end gives back whatever is left when the connection has ended.
func (h *holding) end() {
	if h.all == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all.give(int(h.used))
	h.others.give(int(h.used))
	h.used = 0
}

// join makes it one of those that others counts, nil for none.
func (h *holding) join(others *QueryMemory) {
	if h.all == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.others.give(int(h.used))
	h.others = others
	h.others.count(int(h.used))
}

// strangersShare is the part of the query memory, one of so many, that all
// connections of an origin have who have not authenticated.
const strangersShare = 16

// strangersOf returns what the strangers of an origin hold together; s.mu is
// held, and the origin has a connection or is about to.
func (s *Server) strangersOf(from origin) *QueryMemory {
	m := s.mu.strangers[from]
	if m == nil {
		m = NewQueryMemory(s.queries.limit / strangersShare)
		s.mu.strangers[from] = m
	}
	return m
}

// becomesStranger makes what c holds count for its origin, or no longer.
func (c *Conn) becomesStranger(is bool) {
	if !is {
		c.memory.join(nil)
		return
	}
	s := c.Server
	s.mu.Lock()
	others := s.strangersOf(c.from)
	s.mu.Unlock()
	c.memory.join(others)
}

// Keep notes that so many bytes are kept for the client until [Conn.Release], and
// reports whether they may be: who keeps much must still have room for its commands
// and for what it is sent. It is safe for concurrent use.
func (c *Conn) Keep(use Use, bytes int) bool { return c.memory.keep(use, bytes) }

func (h *holding) keep(use Use, n int) bool {
	return h.mayKeep(n) && h.takeFor(use, n)
}

// mayKeep tells whether a connection that keeps n more bytes still has room for its
// commands.
func (h *holding) mayKeep(n int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.limit <= 0 || h.used+int64(n) <= h.limit/4*3
}

// KeepForReply is Keep for what a long reply is made of. Off a loop it may wait for
// those who do not read theirs.
func (c *Conn) KeepForReply(bytes int) bool {
	if c.OnLoop() {
		return c.Keep(Collected, bytes)
	}
	return c.memory.mayKeep(bytes) && c.await(Collected, bytes)
}

// Take notes that so many bytes are kept for the client until [Conn.Release],
// whatever the limits are. It is safe for concurrent use.
func (c *Conn) Take(bytes int) { c.memory.count(bytes) }

// Release notes that so many bytes that Keep or Take was told of are kept no longer. It is
// safe for concurrent use.
func (c *Conn) Release(bytes int) { c.memory.give(bytes) }

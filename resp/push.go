package resp

import (
	"sync"
	"sync/atomic"

	"github.com/prefixtracker/prefixtracker/journal"
)

// pushLimit is how far behind a client may be when there is something more for
// it. One that is further, or whose messages have no room in the query memory, is
// disconnected, so that it costs nobody else anything.
const pushLimit = 8 << 20

// sharedSize is the length from which messages are not copied for each of those
// whom they are for.
const sharedSize = 512

// pusher sends to a client what is no reply to it. Messages are queued by whoever
// has some and written by one goroutine, which ends with the connection.
type pusher struct {
	// sending is held by the goroutine while it writes, and by the connection
	// while it serves a batch, so that none comes amid its replies.
	sending sync.Mutex

	mu     sync.Mutex
	queue  [][]byte      // pieces: long messages, and runs of short ones
	own    bool          // the last piece is a run, to be gone on with
	queued int           // bytes of queue
	taken  int           // and of what was taken from it and is yet to be sent
	memory *holding      // has what is in queue
	waits  *atomic.Int64 // both, for others
	more   *sync.Cond
	ended  bool
	done   chan struct{} // closed when the goroutine has ended
}

// OpenPush makes the connection one that [Conn.Push] can send to. It is called
// by the connection's own handler. A connection of a loop leaves it after the
// command at hand: a loop's connections are written to by their loop alone.
func (c *Conn) OpenPush() {
	if c.push != nil {
		return
	}
	p := &pusher{memory: &c.memory, waits: &c.usage.pushed, done: make(chan struct{})}
	p.lock() // the batch under way ends with unlock
	p.more = sync.NewCond(&p.mu)
	c.push = p
	c.leaveSoon()
	go func() {
		defer close(p.done)
		p.run(c)
	}()
}

// close ends the goroutine of a connection that has ended, if there is one.
func (p *pusher) close() {
	if p == nil {
		return
	}
	p.stop()
	<-p.done
}

// stop makes the goroutine end, if there is one, and drops what waits.
func (p *pusher) stop() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.drop()
	p.more.Signal()
}

// lock is held during a batch, by whichever goroutine serves it.
func (p *pusher) lock() {
	if p != nil {
		p.sending.Lock()
	}
}

// unlock lets messages go out again. Perhaps p was opened since lock.
func (p *pusher) unlock() {
	if p != nil {
		p.sending.Unlock()
	}
}

// Push queues m, which must not change any more, for a connection that OpenPush
// was called on; after the connection's end it does nothing. It does not wait, and
// a long message takes it no longer than a short one: it may be for thousands. It
// is safe for concurrent use.
func (c *Conn) Push(m *Message) {
	p := c.push
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	if !p.hasRoom(len(m.buf)) {
		p.ended = true
		p.drop()
		p.more.Signal()
		c.Kill()
		return
	}
	p.add(m.buf)
	p.more.Signal()
}

// add puts a message into the queue. p.mu is held.
func (p *pusher) add(message []byte) {
	last := len(p.queue) - 1
	switch {
	case len(message) >= sharedSize:
		p.queue, p.own = append(p.queue, message), false
	case p.own && len(p.queue[last]) < flushSize:
		p.queue[last] = append(p.queue[last], message...)
	default:
		p.queue, p.own = append(p.queue, append([]byte(nil), message...)), true
	}
	p.queued += len(message)
	p.tell()
}

// take empties the queue and returns what was in it. p.mu is held.
func (p *pusher) take() (pieces [][]byte, bytes int) {
	pieces, bytes = p.queue, p.queued
	p.queue, p.own, p.queued = nil, false, 0
	p.tell()
	return pieces, bytes
}

// tell notes for others what waits. p.mu is held.
func (p *pusher) tell() { p.waits.Store(int64(p.queued + p.taken)) }

// leaves notes that so many bytes are left of what was taken, the piece that is
// being sent not among them.
func (p *pusher) leaves(bytes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = bytes
	p.tell()
}

// hasRoom reports whether a message of n bytes may wait with what does already.
// p.mu is held.
func (p *pusher) hasRoom(n int) bool {
	if p.queued+n <= smallShare {
		return p.memory.take(n)
	}
	return p.queued <= pushLimit && p.memory.takeFor(pushed, n)
}

// drop empties the queue. p.mu is held.
func (p *pusher) drop() {
	_, bytes := p.take()
	p.memory.give(bytes)
}

// DropPushed takes back what others have pushed so far and the client has not
// been sent. It is called by the connection's own handler: nothing is being
// sent then.
func (c *Conn) DropPushed() {
	p := c.push
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop()
}

// SendPushed has what others have pushed so far go out before the reply at hand,
// of which nothing is written yet; while replies are muted it stays where it
// is. It is called by the connection's own handler, and at both ends of a batch, so
// that nothing depends on when the goroutine has its turn: what was pushed before a
// command came is sent before its reply, and a client that reads all its replies is
// never far behind.
func (c *Conn) SendPushed() {
	p := c.push
	if p == nil || c.muted {
		return
	}
	p.mu.Lock()
	pieces, bytes := p.take()
	p.mu.Unlock()
	for _, piece := range pieces {
		c.raw(piece)
	}
	p.memory.give(bytes)
	c.mark = c.written() // it is no part of the reply
}

func (p *pusher) run(c *Conn) {
	for {
		p.mu.Lock()
		for p.queued == 0 && !p.ended {
			p.more.Wait()
		}
		ended := p.ended
		p.mu.Unlock()
		if ended {
			return
		}

		// Messages stay in the queue until it is their turn, so that DropPushed
		// finds them all there.
		p.sending.Lock()
		p.mu.Lock()
		pieces, bytes := p.take()
		p.mu.Unlock()
		var err error
		left := bytes
		for _, piece := range pieces { // none if they were dropped meanwhile
			left -= len(piece)
			p.leaves(left)
			if err = c.carried().send(piece, journal.Gate{}); err != nil {
				break
			}
		}
		p.leaves(0)
		p.sending.Unlock()
		p.memory.give(bytes)
		if err != nil {
			c.Kill()
		}
	}
}

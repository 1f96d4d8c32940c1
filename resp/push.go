package resp

import (
	"sync"
	"sync/atomic"
)

// pushLimit is how far behind a client may be when there is something more for
// it. One that is further, or whose messages have no room in the query memory, is
// disconnected, so that it costs nobody else anything.
const pushLimit = 8 << 20

// pusher sends to a client what is no reply to it. Messages are queued by whoever
// has some and written by one goroutine, which ends with the connection.
type pusher struct {
	// sending is held by the goroutine while it writes, and by the connection
	// while it serves a batch, so that none comes amid its replies.
	sending sync.Mutex

	mu     sync.Mutex
	queue  []byte
	memory *holding      // has what is in queue
	waits  *atomic.Int64 // bytes of queue, for others
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

// Push queues a copy of m for a connection that OpenPush was called on; after
// the connection's end it does nothing. It does not wait. It is safe for
// concurrent use.
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
	p.queue = append(p.queue, m.buf...)
	p.waits.Store(int64(len(p.queue)))
	p.more.Signal()
}

// hasRoom reports whether a message of n bytes may wait with what does already.
// p.mu is held.
func (p *pusher) hasRoom(n int) bool {
	return len(p.queue) <= pushLimit && p.memory.take(n)
}

// drop empties the queue. p.mu is held.
func (p *pusher) drop() {
	p.memory.give(len(p.queue))
	p.queue = nil
	p.waits.Store(0)
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
// is. It is called by the connection's own handler.
func (c *Conn) SendPushed() {
	p := c.push
	if p == nil || c.muted {
		return
	}
	p.mu.Lock()
	messages := p.queue
	p.queue = nil
	p.waits.Store(0)
	p.mu.Unlock()
	c.raw(messages)
	p.memory.give(len(messages))
	c.mark = c.written() // it is no part of the reply
}

func (p *pusher) run(c *Conn) {
	var out []byte
	for {
		p.mu.Lock()
		for len(p.queue) == 0 && !p.ended {
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
		out, p.queue = p.queue, out[:0]
		held := len(out)
		p.waits.Store(0)
		p.mu.Unlock()
		var err error
		if len(out) > 0 { // not dropped meanwhile
			err = c.carried().send(out)
		}
		p.sending.Unlock()
		p.memory.give(held)
		if err != nil {
			c.Kill()
		}
		if cap(out) > keepSize {
			out = nil
		}
	}
}

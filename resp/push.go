package resp

import "sync"

// pushLimit is how far behind a client may be when there is something more for
// it. One that is further is disconnected, so that it costs nobody else
// anything. What waits beyond that for all clients together, because single
// lines are long, has a limit of its own: [Config.QueryMemory] once more.
const pushLimit = 8 << 20

// pusher sends to a client what is no reply to it. Lines are queued by whoever
// has some and written by one goroutine, which ends with the connection.
type pusher struct {
	// sending is held by the goroutine while it writes, and by the connection
	// while it serves a batch, so that no line comes amid its replies.
	sending sync.Mutex

	mu     sync.Mutex
	queue  []byte
	lent   int // bytes of queue that are taken from memory
	memory *QueryMemory
	more   *sync.Cond
	ended  bool
}

// OpenPush makes the connection one that [Conn.Push] can send to. It is called
// by the connection's own handler.
func (c *Conn) OpenPush() {
	if c.push != nil {
		return
	}
	p := new(pusher)
	if c.Server != nil {
		p.memory = c.Server.pushes
	}
	p.sending.Lock() // the batch under way ends with serveInput
	p.more = sync.NewCond(&p.mu)
	c.push = p
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.run(c)
	}()
	c.OnClose(func() {
		p.mu.Lock()
		p.ended = true
		p.drop()
		p.more.Signal()
		p.mu.Unlock()
		<-done
	})
}

// Push queues line, a whole reply, for a connection that OpenPush was called
// on. It does not wait. It is safe for concurrent use.
func (c *Conn) Push(line []byte) {
	p := c.push
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	if !p.hasRoom(len(line)) {
		p.ended = true
		p.drop()
		p.more.Signal()
		c.Kill()
		return
	}
	p.queue = append(p.queue, line...)
	p.more.Signal()
}

// hasRoom reports whether a line of n bytes may wait with what does already.
// p.mu is held.
func (p *pusher) hasRoom(n int) bool {
	switch {
	case len(p.queue)+n <= pushLimit:
		return true
	case len(p.queue) > pushLimit || !p.memory.take(n):
		return false
	}
	p.lent += n
	return true
}

// drop empties the queue. p.mu is held.
func (p *pusher) drop() {
	p.memory.give(p.lent)
	p.queue, p.lent = nil, 0
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

		// Lines stay in the queue until it is their turn, so that DropPushed
		// finds them all there.
		p.sending.Lock()
		p.mu.Lock()
		lent := p.lent
		out, p.queue, p.lent = p.queue, out[:0], 0
		p.mu.Unlock()
		var err error
		if len(out) > 0 { // not dropped meanwhile
			_, err = c.out.Write(out)
		}
		p.sending.Unlock()
		p.memory.give(lent)
		if err != nil {
			c.Kill()
		}
		if cap(out) > keepSize {
			out = nil
		}
	}
}

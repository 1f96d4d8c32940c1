package resp

import "sync"

// pushLimit is how much may wait for a client that does not read. One that
// falls further behind is disconnected, so that it costs nobody else anything.
const pushLimit = 8 << 20

// pusher sends to a client what is no reply to it. Lines are queued by whoever
// has some and written by one goroutine, which ends with the connection.
type pusher struct {
	// sending is held by the goroutine while it writes, and by the connection
	// while it serves a batch, so that no line comes amid its replies.
	sending sync.Mutex

	mu    sync.Mutex
	queue []byte
	more  *sync.Cond
	ended bool
}

// OpenPush makes the connection one that [Conn.Push] can send to. It is called
// by the connection's own handler.
func (c *Conn) OpenPush() {
	if c.push != nil {
		return
	}
	p := new(pusher)
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
	if len(p.queue)+len(line) > pushLimit {
		p.ended, p.queue = true, nil
		p.more.Signal()
		c.Kill()
		return
	}
	p.queue = append(p.queue, line...)
	p.more.Signal()
}

func (p *pusher) run(c *Conn) {
	var out []byte
	for {
		p.mu.Lock()
		for len(p.queue) == 0 && !p.ended {
			p.more.Wait()
		}
		if p.ended {
			p.mu.Unlock()
			return
		}
		out, p.queue = p.queue, out[:0]
		p.mu.Unlock()

		p.sending.Lock()
		_, err := c.out.Write(out)
		p.sending.Unlock()
		if err != nil {
			c.Kill()
		}
		if cap(out) > keepSize {
			out = nil
		}
	}
}

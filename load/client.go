package load

import (
	"errors"
	"fmt"
	"time"
)

// client sends a batch of requests, waits for all of their replies, and sends the next.
type client struct {
	batch   []Request // as many as a batch may have; those behind the batch's own mean nothing
	waiting int       // replies still to come
	conns   []*conn   // one; in a Cluster one to each server that it has spoken to
}

// serve gives requests to idle clients, as long as there are some that are due.
func (w *worker) serve() {
	for !w.none && !w.ended && w.idle.some() {
		most := w.config.Pipeline
		if w.pacer != nil {
			if most = min(most, w.pacer.backlog()); most == 0 {
				return
			}
		}
		if !w.send(w.idle.first(), most) {
			w.none = true // nor will the script have more before the next turn
			return
		}
		w.idle.pop()
	}
}

// send sends a batch of at most most requests for c, and tells whether there was one.
func (w *worker) send(c *client, most int) bool {
	batch := c.batch[:most]
	out, n, state := w.script.Fill(w.out[:0], batch)
	w.out = out
	now := w.now()
	batch = batch[:n]
	for i := range batch {
		batch[i].Due, batch[i].since = now, 0
		if w.pacer != nil {
			batch[i].Due = w.pacer.give()
		}
	}
	if state == Ended {
		w.ended = true
		if w.pacer != nil {
			w.pacer.drop()
		}
	}
	if n == 0 {
		return false
	}
	w.busy++
	c.waiting = n
	to := w.conn(c, w.config.server(0))
	if w.spread || to == nil || !to.up {
		w.scatter(c, n, out)
		return true
	}
	for i := range batch {
		to.sent.push(uint32(i))
	}
	w.stats.Sent += uint64(n)
	w.write(to, out)
	return true
}

var errUnasked = errors.New("a reply to no request")

// received goes on with what came at a time.
func (w *worker) received(id int, p []byte, at time.Duration) {
	n := w.conns[id]
	waited := n.client.waiting > 0 // else it is idle
	for {
		rest, whole, err := n.replies.next(p)
		if err == nil && whole && n.sent.empty() {
			err = errUnasked
		}
		if err != nil {
			w.recordSame(at)
			w.fail(fmt.Errorf("%s: %w", n.addr, err))
			return
		}
		if !whole {
			break
		}
		p = rest
		if place := n.sent.pop(); place&ofAsking == 0 {
			w.replied(n, place, at)
		}
	}
	w.recordSame(at)
	w.flush()
	if waited {
		w.settle(n.client)
	}
}

// replied notes the reply in n.replies to the request at a place of its client's batch.
func (w *worker) replied(n *conn, place uint32, at time.Duration) {
	if n.replies.reply.Kind == '-' && w.redirected(n, place) {
		return
	}
	r := &n.client.batch[place]
	w.record(r, &n.replies.reply, at)
	n.client.waiting--
}

// settle lets a client that has all its replies go on.
func (w *worker) settle(c *client) {
	if c.waiting > 0 {
		return
	}
	w.busy--
	w.idle.push(c)
	w.serve()
}

// clients is a queue of clients in a ring that has room for all.
type clients struct {
	ring []*client
	head int
	n    int
}

func (q *clients) some() bool     { return q.n > 0 }
func (q *clients) first() *client { return q.ring[q.head] }

func (q *clients) push(c *client) {
	at := q.head + q.n
	if at >= len(q.ring) {
		at -= len(q.ring)
	}
	q.ring[at] = c
	q.n++
}

func (q *clients) pop() {
	if q.head++; q.head == len(q.ring) {
		q.head = 0
	}
	q.n--
}

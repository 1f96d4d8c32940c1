package load

import "errors"

var errSizes = errors.New("a script does not say how long its requests are")

// scatter sends a batch of n requests, which are in out, each to the server of its slot.
func (w *worker) scatter(c *client, n int, out []byte) {
	for place := range n {
		if !w.spread { // it is not said where one ends
			w.post(c, uint32(place), nil)
			continue
		}
		size := int(c.batch[place].Size)
		if size == 0 || size > len(out) {
			w.fail(errSizes)
			return
		}
		w.post(c, uint32(place), out[:size])
		out = out[size:]
	}
	w.flush()
}

// post has a request sent to who has its slot. It is in b, if it is in anything.
func (w *worker) post(c *client, place uint32, b []byte) {
	to := w.conn(c, w.config.server(c.batch[place].Slot))
	if to == nil {
		w.refresh()
		w.later(again{client: c, place: place, why: errNowhere.Error()})
		return
	}
	w.hand(to, place, b)
}

// hand has a request sent over a connection, as soon as there is one. A place may say that it asks.
func (w *worker) hand(to *conn, place uint32, b []byte) {
	c := to.client
	if !to.up {
		w.hold(to, place)
		return
	}
	if place&withAsking != 0 {
		place &^= withAsking
		to.sent.push(ofAsking)
		to.unsent = append(to.unsent, "*1\r\n$6\r\nASKING\r\n"...)
	}
	to.sent.push(place)
	w.stats.Sent++
	if b == nil {
		to.unsent = w.script.Again(to.unsent, &c.batch[place])
	} else {
		to.unsent = append(to.unsent, b...)
	}
	if !to.touched {
		to.touched = true
		w.touched = append(w.touched, to)
	}
}

// flush sends what requests were handed to connections, each batch by one call.
func (w *worker) flush() {
	for _, n := range w.touched {
		n.touched = false
		if n.up {
			w.writable(n.id)
		}
	}
	w.touched = w.touched[:0]
}

// conn is a client's connection to a server, up or not, or nil for no address.
func (w *worker) conn(c *client, addr string) *conn {
	for _, n := range c.conns {
		if n.addr == addr {
			return n
		}
	}
	if addr == "" {
		return nil
	}
	return w.newConn(c, addr)
}

// newConn adds a connection, which is not up.
func (w *worker) newConn(c *client, addr string) *conn {
	most := w.config.Pipeline
	if w.spread {
		most *= 2 // each with ASKING before it
	}
	n := &conn{id: len(w.conns), client: c, addr: addr, sent: newQueue(most)}
	n.replies.bodies = w.config.Bodies
	w.conns = append(w.conns, n)
	c.conns = append(c.conns, n)
	return n
}

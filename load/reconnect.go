package load

import (
	"errors"
	"fmt"
	"time"
)

// broken goes on without a connection: what was on its way over it is lost, or sent again.
func (w *worker) broken(id int, err error) {
	n := w.conns[id]
	if w.config.Patience == 0 {
		w.fail(fmt.Errorf("%s: %w", n.addr, err))
		return
	}
	w.transport.close(id)
	w.unsettle(n, err.Error())
	n.up, n.lost = false, true
	n.sendNothing()
	n.replies = replies{bodies: w.config.Bodies}
}

// unsettle has the script asked what becomes of the requests that are on their way over a connection. Not at once: its
// client may be in the middle of something.
func (w *worker) unsettle(n *conn, why string) {
	for !n.sent.empty() {
		if place := n.sent.pop(); place&ofAsking == 0 {
			w.later(again{client: n.client, place: place, lost: true, why: why})
		}
	}
}

// hold has a request wait for its connection, and the connection made.
func (w *worker) hold(n *conn, place uint32) {
	if r := &n.client.batch[place&^withAsking]; r.since == 0 {
		r.since, r.why = w.now(), n.why
	}
	n.held = append(n.held, place)
	if !n.dialing {
		n.dialing = true
		w.dialer.dial(n)
	}
}

// dialed goes on with what waits for a connection, there or, if it could not be made, later, perhaps elsewhere.
func (w *worker) dialed(d dialed) {
	n := d.to
	n.dialing = false
	held := n.held
	n.held = nil
	err := d.err
	if err == nil {
		err = w.transport.open(n.id, d.net)
	}
	if err == nil {
		n.up = true
		if n.lost {
			w.stats.Connected++
		}
		for _, place := range held {
			if place&withAsking != 0 {
				w.hand(n, place, nil)
			} else {
				w.post(n.client, place, nil) // another server may have it by now
			}
		}
		return
	}
	n.why = err.Error()
	for _, place := range held {
		place &^= withAsking // who has it now says so again
		if now, since := w.now(), n.client.batch[place].since; now-since > w.config.Patience {
			w.fail(fmt.Errorf("out of reach for %v: %w", w.config.Patience, err))
		}
		w.later(again{client: n.client, place: place, why: n.why})
	}
}

// refresh has the servers asked who has what.
func (w *worker) refresh() {
	if w.config.Route != nil {
		w.dialer.refresh()
	}
}

// silence is how long a server may take before it is asked for whether others have taken over.
const silence = time.Second

var errSucceeded = errors.New("another server has taken over")

// listen sees to connections whose server is silent: it may hang, or be cut off, and will not say that others have
// taken over. One that is only slow is waited for.
func (w *worker) listen() {
	if w.config.Route == nil || w.config.Patience == 0 {
		return
	}
	now := w.now()
	if now-w.looked < silence {
		return
	}
	w.looked = now
	for _, n := range w.conns {
		if !n.up || n.sent.empty() {
			continue
		}
		r := &n.client.batch[n.sent.first()&^ofAsking]
		switch {
		case n.sent.first()&ofAsking != 0, now-r.Due < silence:
		case w.config.server(r.Slot) != n.addr:
			w.broken(n.id, errSucceeded)
		default:
			w.refresh()
		}
	}
}

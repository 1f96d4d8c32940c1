package load

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// How long a request waits before it is sent again: an eighth of the time since it was refused first, or lost, but no
// less and no more than this.
const (
	shortPause = 10 * time.Millisecond
	longPause  = 250 * time.Millisecond
)

var errBreaking = errors.New("connections break before the reply, again and again")

// again is a request that is to be sent once more.
type again struct {
	client *client
	place  uint32
	to     *conn // where a server has sent it; nil: who has its slot
	lost   bool  // it may have been done: the script is to be asked
	at     time.Duration
	why    string // for people, "" if that is not known
}

func (a *again) request() *Request { return &a.client.batch[a.place&^withAsking] }

// later has a request sent again after a while, or, if it was lost for the first time, at once.
func (w *worker) later(a again) {
	r, now := a.request(), w.now()
	first := r.since == 0
	if first {
		r.since = now
	}
	if first || a.why != "" {
		r.why = a.why
	}
	if a.at = now; !first || !a.lost {
		a.at += min(max((now-r.since)/8, shortPause), longPause)
	}
	// Behind those of the same time.
	i, _ := slices.BinarySearchFunc(w.again, a.at+1, func(a again, t time.Duration) int { return int(a.at - t) })
	w.again = slices.Insert(w.again, i, a)
}

// resume takes over connections that have been made, and sends again what is due.
func (w *worker) resume() {
	for w.dialer.some() {
		w.dialed(<-w.dialer.made)
	}
	w.listen()
	if len(w.again) > 0 {
		w.sendDue()
	}
	w.flush()
}

// sendDue sends again what is due.
func (w *worker) sendDue() {
	due, now := 0, w.now()
	for due < len(w.again) && w.again[due].at <= now {
		due++
	}
	if due == 0 {
		return
	}
	all := w.again[:due:due]
	w.again = slices.Clone(w.again[due:]) // to which more may come
	for i := range all {
		w.sendAgain(&all[i])
	}
}

func (w *worker) sendAgain(a *again) {
	r := a.request()
	switch {
	case a.lost && !w.script.Lost(r):
		w.lost(r)
		a.client.waiting--
		w.settle(a.client)
		return
	case a.lost && w.now()-r.since > w.config.Patience:
		w.fail(fmt.Errorf("%s: %w, for %v: %s", w.config.server(r.Slot), errBreaking, w.config.Patience, r.why))
	}
	if a.to != nil {
		w.hand(a.to, a.place, nil)
		return
	}
	w.post(a.client, a.place, nil)
}

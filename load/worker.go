package load

import (
	"sync/atomic"
	"time"
)

const (
	// stopPoll is how long a worker waits at most. It is woken when it is to hear of something.
	stopPoll = 50 * time.Millisecond
	// soon is when a script that had nothing is asked again.
	soon = time.Millisecond
)

// worker is one thread of a load: clients, their connections, and one goroutine that does all with them.
type worker struct {
	config    *Config
	script    Script
	transport transport
	began     time.Time
	pacer     *pacer  // nil: each client sends as soon as it has its replies
	conns     []*conn // by their number
	idle      clients // that can send
	out       []byte  // what is being sent

	spread  bool          // keys are on several servers
	touched []*conn       // that something is to be sent over
	again   []again       // in the order of their times
	looked  time.Duration // when it was last seen to servers that are silent
	dialer  *dialer

	none  bool          // the script had no request when it was asked in this turn
	ended bool          // it will have none, or is not to be asked
	until time.Duration // when it was not to be asked any more
	busy  int           // clients that wait for replies
	err   error         // that ends it

	stats *Stats // since they were taken
	same  same   // seen and not yet in them

	// The owner's.
	stopping atomic.Bool   // nothing more is to be sent
	leaving  atomic.Bool   // nor is what comes waited for
	takes    chan take     // who wants the figures
	done     chan struct{} // closed when it has ended
	rest     chan *Stats   // what was seen until then
}

// take is a wish for the figures of a worker, for which it gets fresh ones.
type take struct {
	fresh *Stats
	taken chan *Stats // it has room
}

// newWorker takes over the lines of its clients.
func newWorker(c *Config, number int, began time.Time, lines [][]line) (*worker, error) {
	w := &worker{
		config: c, script: c.Script(number), began: began, idle: clients{ring: make([]*client, len(lines))}, stats: newStats(c.Kinds),
		takes: make(chan take, 1), done: make(chan struct{}), rest: make(chan *Stats, 1),
	}
	if c.Rate > 0 {
		w.pacer = newPacer(c.Rate, number, c.Threads)
	}
	w.spread = c.Route != nil && c.Route.Spread()
	var err error
	if w.transport, err = newTransport(w, sample(lines)); err != nil {
		closeAll(lines)
		return nil, err
	}
	w.dialer = newDialer(c, w.transport.wake)
	for i, of := range lines {
		client := &client{batch: make([]Request, c.Pipeline)}
		for at := range of {
			n := w.newConn(client, of[at].addr)
			if of[at].net == nil {
				continue
			}
			if err := w.transport.open(n.id, of[at].net); err != nil {
				closeAll(lines[i:])
				w.dialer.end()
				w.transport.end()
				return nil, err
			}
			n.up = true
		}
		w.idle.push(client)
	}
	return w, nil
}

// end gives up what is on its way, and the connections.
func (w *worker) end() {
	w.dialer.end()
	for _, n := range w.conns {
		w.unsettle(n, "")
		for _, place := range n.held {
			w.later(again{client: n.client, place: place &^ withAsking, why: n.why})
		}
	}
	for i := range w.again {
		r := w.again[i].request()
		w.script.Lost(r)
		w.lost(r)
	}
	w.transport.end()
	w.close()
	w.rest <- w.stats
}

// lost notes that a request has no reply and will have none, and why, as far as that is known.
func (w *worker) lost(r *Request) {
	w.fault(&w.stats.Kinds[r.Kind], r, []byte(FaultLost), []byte(r.why))
}

func (w *worker) now() time.Duration { return time.Since(w.began) }

// fail ends the worker at the end of its turn.
func (w *worker) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// run sends and receives until there is nothing more to do. Each turn does what is to be done now, and then waits for
// what happens.
func (w *worker) run() error {
	for {
		w.handOver()
		if w.stopping.Load() && !w.ended {
			w.ended, w.until = true, w.now()
		}
		w.none = false
		if w.pacer != nil && !w.ended {
			w.pacer.advance(w.now())
		}
		w.resume()
		w.serve()
		if w.err != nil || w.ended && w.busy == 0 || w.leaving.Load() {
			return w.err
		}
		before, starving := time.Duration(0), w.starving()
		if starving > 0 {
			before = w.now()
		}
		if err := w.transport.wait(w.patience(starving > 0)); err != nil {
			return err
		}
		if starving > 0 {
			w.stats.Starved += (w.now() - before) * time.Duration(starving)
		}
	}
}

// starving is how many clients want to send and have nothing.
func (w *worker) starving() int {
	if !w.none || w.ended {
		return 0
	}
	if w.pacer == nil {
		return w.idle.n
	}
	return min(w.idle.n, (w.pacer.backlog()+w.config.Pipeline-1)/w.config.Pipeline)
}

// patience is how long to wait for something to happen.
func (w *worker) patience(starving bool) time.Duration {
	limit := stopPoll
	if starving {
		limit = soon
	}
	if w.pacer != nil && !w.ended && !starving {
		limit = min(limit, max(w.pacer.next()-w.now(), 1))
	}
	if len(w.again) > 0 {
		limit = min(limit, max(w.again[0].at-w.now(), 1))
	}
	return limit
}

// handOver gives the figures to who wants them.
func (w *worker) handOver() {
	for {
		select {
		case t := <-w.takes:
			w.close()
			t.taken <- w.stats
			w.stats = t.fresh
		default:
			return
		}
	}
}

// close completes the figures of the time that ends.
func (w *worker) close() {
	if w.pacer == nil {
		return
	}
	now := w.now()
	if w.until > 0 {
		now = w.until
	}
	w.stats.Backlog, w.stats.Behind = uint64(w.pacer.backlog()), w.pacer.behind(now)
}

// given waits for what a wish has brought: nil where the worker has ended and somebody else has taken the rest.
func (w *worker) given(taken <-chan *Stats) *Stats {
	select {
	case s := <-taken:
		return s
	case <-w.done:
	}
	select {
	case s := <-taken: // it was given before the end, and the rest is for somebody else
		return s
	default:
	}
	select {
	case s := <-w.rest:
		return s
	default:
		return nil
	}
}

package load

import "time"

// pacer is the schedule of an open loop, a worker's part of it: request k of the worker is due at first + k × every,
// rounded up to a tick, whatever became of those before it. Latency counts from when a request was due: a server that
// stalls is charged for all the requests that would have been sent meanwhile, not for one per client (the "coordinated
// omission" of a closed loop).
type pacer struct {
	first, every float64 // ns
	due          int     // requests that have come due
	given        int     // of them, to clients
}

// tick is the grain of the schedule. One timer per request would take more of the machine than the server does: on a
// virtual machine to wake up costs more than to send.
const tick = 100 * time.Microsecond

// newPacer returns the schedule of one of several workers: their requests alternate.
func newPacer(rate float64, worker, workers int) *pacer {
	between := float64(time.Second) / rate
	return &pacer{first: between * float64(worker), every: between * float64(workers)}
}

func (p *pacer) at(request int) time.Duration {
	at := time.Duration(p.first + float64(request)*p.every)
	return (at + tick - 1) / tick * tick
}

// advance notes what has come due. However much that is, it is told by a division, but for the last ones.
func (p *pacer) advance(now time.Duration) {
	p.due = max(p.due, int((float64(now/tick*tick)-p.first)/p.every)-1)
	for p.at(p.due) <= now {
		p.due++
	}
}

// next is when something comes due again.
func (p *pacer) next() time.Duration { return p.at(p.due) }

func (p *pacer) backlog() int { return p.due - p.given }

// give tells when the oldest request that was not given was due, and notes that now it is.
func (p *pacer) give() time.Duration {
	p.given++
	return p.at(p.given - 1)
}

// drop forgets what is due: there is nothing to send.
func (p *pacer) drop() { p.given = p.due }

// behind tells how long the oldest request of the backlog is due.
func (p *pacer) behind(now time.Duration) time.Duration {
	if p.backlog() == 0 {
		return 0
	}
	return now - p.at(p.given)
}

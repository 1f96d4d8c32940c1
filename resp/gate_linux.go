package resp

import "github.com/prefixtracker/prefixtracker/journal"

// A loop waits for nobody, and so not for the log: a connection whose replies have
// to waits in its list, with its replies in its backlog, and is not read from
// meanwhile.

// await has the backlog wait until the gate is open, too.
func (lc *loopConn) await(gate journal.Gate) {
	log := lc.client.Log()
	if log.Reached(gate) {
		return
	}
	// Whoever brings the log on looks for loops that hold something behind that: so
	// either this one sees how far it has come, or it is roused.
	lc.loop.holding.Store(true)
	if log.Reached(gate) {
		return
	}
	lc.gate = lc.gate.And(gate)
	if !lc.gated {
		lc.shut(true)
		lc.since = lc.loop.now
		lc.loop.gated = append(lc.loop.gated, lc)
	}
}

// shut notes whether the backlog waits for the log.
func (lc *loopConn) shut(gated bool) {
	switch {
	case gated == lc.gated:
		return
	case gated:
		lc.loop.server.held.Add(1)
	default:
		lc.loop.server.held.Add(-1)
	}
	lc.gated = gated
}

// openGates goes on with the connections whose gates are open. The outbox is empty.
func (l *loop) openGates() {
	if len(l.gated) == 0 {
		return
	}
	l.opening, l.gated = l.gated, l.opening[:0]
	for i, lc := range l.opening {
		l.opening[i] = nil
		switch {
		case !lc.gated: // it is closed, or has left
		case !lc.client.Log().Reached(lc.gate):
			l.gated = append(l.gated, lc)
		default:
			lc.open()
		}
	}
	if len(l.gated) == 0 {
		l.holding.Store(false)
	}
}

// open sends what has waited, and has the connection read what has come meanwhile.
func (lc *loopConn) open() {
	lc.shut(false)
	lc.gate = journal.Gate{}
	lc.client.deliver(nil, journal.Gate{})
	lc.after()
	if lc.missed {
		lc.missed = false
		if !lc.closed && !lc.listed {
			lc.listed = true
			lc.loop.unread = append(lc.loop.unread, lc)
		}
	}
}

// openGates rouses the loops that hold replies: perhaps they may go out now.
func (s *Server) openGates() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.mu.loops {
		if l.holding.Load() {
			l.rouseUnlessEnded()
		}
	}
}

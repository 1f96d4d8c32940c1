package resp

import (
	"net"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/observe"
)

// serveLoops serves a TCP listener with event loops.
func (s *Server) serveLoops(ln *net.TCPListener) error {
	if err := s.startLoops(); err != nil {
		_ = ln.Close() // the first error says more
		return err
	}
	s.mu.Lock()
	loops := s.mu.loops
	s.mu.Unlock()
	guard := &guardListener{Listener: ln, server: s}
	for next := 0; ; next++ {
		nc, err := guard.next()
		if err != nil {
			return nil // the listener is closed, and the server done
		}
		l := loops[next%len(loops)]
		var lc *loopConn
		var g *guardConn
		s.admit(nc, true, func(c *Conn) link {
			if lc, err = l.carry(c, nc); err == nil {
				return lc
			}
			// There is no second descriptor to be had. The one that there is
			// serves as well.
			g = newGuardConn(c, nc, nil)
			return g
		})
		switch {
		case g != nil:
			go g.run(nil, nil, journal.Gate{})
		case lc != nil:
			_ = nc.Close() // the loop has its own descriptor
			if !l.add(lc) {
				lc.close()
			}
		}
	}
}

// startLoops starts the loops on first use, and returns when each that it has
// started has its thread.
func (s *Server) startLoops() error {
	s.mu.Lock()
	var starting []<-chan struct{}
	var err error
	for len(s.mu.loops) < s.config.Loops && err == nil {
		var l *loop
		if l, err = s.newLoop(); err == nil {
			running := make(chan struct{})
			go l.run(running)
			s.mu.loops = append(s.mu.loops, l)
			starting = append(starting, running)
		}
	}
	s.mu.Unlock()
	for _, running := range starting {
		<-running
	}
	return err
}

// rouseLoops makes the loops notice that the server drains, or is done. s.mu is
// held.
func (s *Server) rouseLoops() {
	for _, l := range s.mu.loops {
		l.rouseUnlessEnded()
	}
}

// loopTimes is the processor time that all loops together have used, as of a
// second ago at most.
func (s *Server) loopTimes() (f observe.Loops) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.mu.loops {
		f.System += time.Duration(l.times.system.Load())
		f.User += time.Duration(l.times.user.Load())
	}
	f.Count, f.Known = len(s.mu.loops), len(s.mu.loops) > 0
	return f
}

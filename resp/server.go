package resp

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/rs/zerolog"
	"github.com/tidwall/redcon"
)

// Server serves any number of listeners. Its methods are safe for concurrent
// use.
type Server struct {
	handler  Handler
	log      zerolog.Logger
	config   Config
	queries  *QueryMemory
	unread   unread
	waiting  *QueryMemory // by replies that wait for room in queries
	longWork *longWork
	kept     atomic.Pointer[journal.Log]
	held     atomic.Int64             // connections whose replies wait for it
	password atomic.Pointer[[32]byte] // its SHA-256; nil for none
	throttle *throttle
	started  time.Time
	draining chan struct{}

	mu struct {
		sync.Mutex
		listeners []net.Listener
		open      map[*Conn]struct{}
		loops     []*loop
		perOrigin map[origin]int          // how many of open
		strangers map[origin]*QueryMemory // of their strangers
		stopped   bool
	}
	conns sync.WaitGroup // one for each open connection

	done     chan struct{} // closed when a Shutdown waits no longer
	doneOnce sync.Once
	measured sync.Once

	lastID    atomic.Uint64
	accepted  atomic.Uint64
	panics    atomic.Uint64
	panicGate logGate
	refusals  refusalBook
	stalls    stallBook
	traffic   traffic
	rates     atomic.Pointer[observe.Rates]
}

// NewServer returns a Server that hands commands to handler and logs to log.
func NewServer(handler Handler, log zerolog.Logger, config Config) *Server {
	s := &Server{handler: handler, log: log, config: config, queries: NewQueryMemory(config.QueryMemory),
		waiting: NewQueryMemory(config.QueryMemory / waitingShare), longWork: newLongWork(config.workPatience), started: time.Now(), draining: make(chan struct{}), done: make(chan struct{})}
	s.mu.open = make(map[*Conn]struct{})
	s.mu.perOrigin = make(map[origin]int)
	s.throttle = newThrottle(s.isPassword, s.now)
	s.mu.strangers = make(map[origin]*QueryMemory)
	s.SetPassword(config.Password)
	return s
}

// now is the server's clock, which nobody sets: the time since it was made. To
// look at it costs half of what time.Now does.
func (s *Server) now() time.Duration { return time.Since(s.started) }

// Start gets what serving needs beside listeners: the event loops and their
// threads. Whoever calls it before Serve knows that there is enough of them;
// else Serve does. After an error, Shutdown gives back what there is.
func (s *Server) Start() error { return s.startLoops() }

// Serve answers the connections of ln and returns when Shutdown has ended the
// last one or waits no longer, or with ln's error.
func (s *Server) Serve(ln net.Listener) error {
	if tcp, ok := ln.(*net.TCPListener); ok && s.config.Loops > 0 {
		return s.serveListener(ln, func() error { return s.serveLoops(tcp) })
	}
	return s.serveListener(ln, func() error { return s.serveRedcon(ln, nil) })
}

// ServeTLS is Serve for connections that begin with a TLS handshake, which
// config describes.
func (s *Server) ServeTLS(ln net.Listener, config *tls.Config) error {
	return s.serveListener(ln, func() error {
		return s.serveRedcon(ln, func(nc net.Conn) net.Conn { return tls.Server(nc, config) })
	})
}

func (s *Server) serveListener(ln net.Listener, serve func() error) error {
	s.mu.Lock()
	if s.mu.stopped {
		s.mu.Unlock()
		return ln.Close()
	}
	s.mu.listeners = append(s.mu.listeners, ln)
	s.mu.Unlock()
	s.measured.Do(func() { go s.measure() })
	return serve()
}

// serveRedcon serves a listener with redcon, a goroutine for each connection.
func (s *Server) serveRedcon(ln net.Listener, wrap func(net.Conn) net.Conn) error {
	return redcon.Serve(&guardListener{ln, s, wrap}, s.answerBell, nil, s.closed)
}

// closed is redcon's report that a connection has ended. Redcon holds its own
// lock here, so nothing of redcon may be called.
func (s *Server) closed(rc redcon.Conn, _ error) { s.leave(rc.NetConn().(*guardConn).client) }

// Shutdown stops accepting, lets every connection finish the commands it has
// read and waits until all have ended. When ctx ends first, it closes what is
// left, without waiting for handlers at work, and returns ctx's error.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if !s.mu.stopped {
		s.mu.stopped = true
		close(s.draining)
	}
	for _, ln := range s.mu.listeners {
		_ = ln.Close() // it is closed on any outcome
	}
	for c := range s.mu.open {
		c.carried().drain()
		c.end()
	}
	s.rouseLoops()
	s.mu.Unlock()

	ended := make(chan struct{})
	go func() {
		s.conns.Wait()
		close(ended)
	}()
	var err error
	select {
	case <-ended:
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.mu.open {
		c.Kill()
	}
	s.doneOnce.Do(func() { close(s.done) })
	s.rouseLoops()
	return err
}

func (s *Server) isDraining() bool {
	select {
	case <-s.draining:
		return true
	default:
		return false
	}
}

// Conns returns the open connections in the order of their IDs, without those
// that were killed and have yet to end.
func (s *Server) Conns() []*Conn {
	conns := s.unsorted()
	slices.SortFunc(conns, func(a, b *Conn) int { return int(int64(a.ID) - int64(b.ID)) })
	return conns
}

// unsorted returns the same in any order.
func (s *Server) unsorted() []*Conn {
	s.mu.Lock()
	conns := make([]*Conn, 0, len(s.mu.open))
	for c := range s.mu.open {
		if !c.killed.Load() {
			conns = append(conns, c)
		}
	}
	s.mu.Unlock()
	return conns
}

package resp

import (
	"context"
	"fmt"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"github.com/tidwall/redcon"
)

// Server serves one listener. Its methods are safe for concurrent use.
type Server struct {
	handler  Handler
	log      zerolog.Logger
	started  time.Time
	draining chan struct{}

	mu struct {
		sync.Mutex
		listener net.Listener
		open     map[*guardConn]struct{}
		stopped  bool
		commands uint64 // of connections that have ended
	}
	conns sync.WaitGroup // one for each open connection

	over     chan struct{} // closed when a Shutdown waits no longer
	overOnce sync.Once

	lastID atomic.Uint64
	panics atomic.Uint64
}

// NewServer returns a Server that hands commands to handler and logs to log.
func NewServer(handler Handler, log zerolog.Logger) *Server {
	s := &Server{handler: handler, log: log, started: time.Now(), draining: make(chan struct{}), over: make(chan struct{})}
	s.mu.open = make(map[*guardConn]struct{})
	return s
}

// Serve answers the connections of ln and returns when Shutdown has ended the
// last one or waits no longer, or with ln's error. A Server serves once.
func (s *Server) Serve(ln net.Listener) error {
	s.mu.Lock()
	if s.mu.stopped {
		s.mu.Unlock()
		return ln.Close()
	}
	s.mu.listener = ln
	s.mu.Unlock()
	return redcon.Serve(&guardListener{ln, s}, s.handle, nil, s.closed)
}

// Shutdown stops accepting, lets every connection finish the commands it has
// read and waits until all have ended. When ctx ends first, it closes what is
// left, without waiting for handlers at work, and returns ctx's error.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if !s.mu.stopped {
		s.mu.stopped = true
		close(s.draining)
	}
	if s.mu.listener != nil {
		_ = s.mu.listener.Close() // it is closed on any outcome
	}
	for g := range s.mu.open {
		_ = g.SetReadDeadline(time.Unix(1, 0)) // fails only on a closed connection
	}
	s.mu.Unlock()

	ended := make(chan struct{})
	go func() {
		s.conns.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		s.overOnce.Do(func() { close(s.over) })
		return nil
	case <-ctx.Done():
		s.mu.Lock()
		for g := range s.mu.open {
			_ = g.Conn.Close()
		}
		s.mu.Unlock()
		s.overOnce.Do(func() { close(s.over) })
		return ctx.Err()
	}
}

func (s *Server) isDraining() bool {
	select {
	case <-s.draining:
		return true
	default:
		return false
	}
}

// register makes nc a connection of this server; nil when the server has
// begun to stop.
func (s *Server) register(nc net.Conn) *guardConn {
	c := &Conn{ID: s.lastID.Add(1), Created: time.Now(), Server: s, net: nc}
	c.out = nc
	g := &guardConn{nc, c}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.stopped {
		_ = nc.Close()
		return nil
	}
	s.mu.open[g] = struct{}{}
	s.conns.Add(1)
	return g
}

// closed is redcon's report that a connection has ended. Redcon holds its own
// lock here, so nothing of redcon may be called.
func (s *Server) closed(rc redcon.Conn, _ error) {
	g := rc.NetConn().(*guardConn)
	s.mu.Lock()
	delete(s.mu.open, g)
	s.mu.commands += g.client.commands.Load()
	s.mu.Unlock()
	for _, f := range g.client.onClose {
		f()
	}
	s.conns.Done()
}

// handle is redcon's call for each command.
func (s *Server) handle(rc redcon.Conn, cmd redcon.Command) {
	g := rc.NetConn().(*guardConn)
	c := g.client
	if c.err == nil {
		s.serve(c, cmd.Args)
	}
	// Nobody would hear the replies of a broken connection: what it has
	// pipelined is not executed.
	if c.closing || c.err != nil {
		rc.ReadPipeline() // drops the commands behind the last one
		_ = c.Flush()
		_ = rc.Close()
	}
}

// serve runs the handler. A panic in it becomes an error reply; a reply that
// was half sent by then cannot be mended, so its connection ends.
func (s *Server) serve(c *Conn, args [][]byte) {
	mark := c.written()
	defer func() {
		if p := recover(); p != nil {
			s.panics.Add(1)
			s.log.Error().Str("panic", fmt.Sprint(p)).Uint64("client", c.ID).
				Bytes("stack", debug.Stack()).Msg("command handler panicked")
			if !c.rewind(mark) {
				c.closing = true
			}
			c.Error("ERR internal error")
		}
	}()
	c.commands.Add(1)
	s.handler.ServeRESP(c, args)
}

// Stats is a server's state as numbers.
type Stats struct {
	Started     time.Time
	Addr        net.Addr // nil before Serve
	Connected   int      // open connections
	Connections uint64   // connections accepted since the start
	Commands    uint64   // commands executed since the start
	Panics      uint64   // handler panics since the start
}

// Stats returns the server's numbers.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Stats{
		Started:     s.started,
		Connected:   len(s.mu.open),
		Connections: s.lastID.Load(),
		Commands:    s.mu.commands,
		Panics:      s.panics.Load(),
	}
	if s.mu.listener != nil {
		st.Addr = s.mu.listener.Addr()
	}
	for g := range s.mu.open {
		st.Commands += g.client.commands.Load()
	}
	return st
}

package resp

import (
	"context"
	"fmt"
	"io"
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
	}
	conns sync.WaitGroup // one for each open connection

	over     chan struct{} // closed when a Shutdown waits no longer
	overOnce sync.Once

	lastID   atomic.Uint64
	accepted atomic.Uint64
	panics   atomic.Uint64
	traffic  traffic
	rates    rates
}

// NewServer returns a Server that hands commands to handler and logs to log.
func NewServer(handler Handler, log zerolog.Logger) *Server {
	s := &Server{handler: handler, log: log, started: time.Now(), draining: make(chan struct{}), over: make(chan struct{})}
	s.mu.open = make(map[*guardConn]struct{})
	s.rates.over, s.rates.done = make(chan struct{}), make(chan struct{})
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
	go s.measure()
	defer func() {
		close(s.rates.over)
		<-s.rates.done
	}()
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
		g.client.end()
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
	c.profile.is.Queued = -1
	s.accepted.Add(1)
	g := &guardConn{nc, c}
	c.out = countingWriter{nc, &s.traffic.out}
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
	if c.err == nil && !c.killed.Load() {
		s.answer(c, cmd.Args)
	}
	// Nobody would hear the replies of a broken connection: what it has
	// pipelined is not executed.
	if c.closing || c.err != nil || c.killed.Load() {
		rc.ReadPipeline() // drops the commands behind the last one
		s.endBatch(c)
		_ = c.Flush()
		_ = rc.Close()
	}
}

// answer serves one command. A connection that others send to has its replies
// out before anybody else may write.
func (s *Server) answer(c *Conn, args [][]byte) {
	if p := c.push; p != nil {
		p.sending.Lock()
		defer p.sending.Unlock()
		s.serve(c, args)
		_ = c.Flush() // kept in c.err
		return
	}
	s.serve(c, args)
}

// endBatch is called when what the client has sent is answered.
func (s *Server) endBatch(c *Conn) {
	s.traffic.commands.Add(c.commands)
	c.commands = 0
	s.handler.EndBatch(c)
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
	c.commands++
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
	BytesIn     uint64   // read since the start
	BytesOut    uint64   // written since the start
	Rates       Rates
}

// Stats returns the server's numbers.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Stats{
		Started:     s.started,
		Connected:   len(s.mu.open),
		Connections: s.accepted.Load(),
		Commands:    s.traffic.commands.Load(),
		Panics:      s.panics.Load(),
		BytesIn:     s.traffic.in.Load(),
		BytesOut:    s.traffic.out.Load(),
	}
	if r := s.rates.now.Load(); r != nil {
		st.Rates = *r
	}
	if s.mu.listener != nil {
		st.Addr = s.mu.listener.Addr()
	}
	return st
}

// ResetStats sets the numbers that count since the start to 0.
func (s *Server) ResetStats() {
	s.accepted.Store(0)
	s.panics.Store(0)
	s.traffic.in.Store(0)
	s.traffic.out.Store(0)
	s.traffic.commands.Store(0)
}

// countingWriter counts what is written.
type countingWriter struct {
	out io.Writer
	n   *atomic.Uint64
}

func (w countingWriter) Write(p []byte) (int, error) {
	n, err := w.out.Write(p)
	w.n.Add(uint64(n))
	return n, err
}

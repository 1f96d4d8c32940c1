package web

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// Options are what a Server is made with.
type Options struct {
	Registry *tracker.Registry
	// Loading tells whether the registry is still being read, and is nobody's to look at.
	Loading func() bool
	// Figures reads all numbers of the server.
	Figures func() *observe.Figures
	// Clients returns those who were active last, n at most.
	Clients func(n int) []observe.Client
	// Visitor returns what is known of somebody who has connected from an address.
	Visitor func(net.Addr) Visitor
	// Log is where the server tells what goes wrong.
	Log zerolog.Logger
	// Prefixes is how many have metrics of their own.
	Prefixes int
	// Profiles has profiles of the running program be shown.
	Profiles bool
	// Connections is how many there can be at once. Three quarters of them may be streams.
	Connections int
}

// Server answers HTTP requests. Its methods are safe for concurrent use.
type Server struct {
	options  Options
	http     http.Server
	crowd    crowd
	figures  recent
	pace     *pace
	survey   *survey
	views    views
	streams  atomic.Int64
	patience time.Duration
	stopping atomic.Bool
	draining chan struct{} // closed when it ends
}

// How long a client may take, for what is no stream.
const (
	headerPatience = 5 * time.Second
	idlePatience   = 2 * time.Minute
	mostHeader     = 16 << 10
	// lastPatience is how long an answer may take when the server ends.
	lastPatience = time.Second
	// replyPatience is how long it may take nothing of what it is sent.
	replyPatience = 10 * time.Second
)

// New returns a Server.
func New(options Options) *Server {
	s := &Server{options: options, draining: make(chan struct{}), pace: newPace(), patience: replyPatience}
	s.crowd.most = options.Connections
	s.figures.read, s.figures.turn = options.Figures, newTurn()
	s.survey = newSurvey(options.Registry, s.pace)
	s.views.pace, s.views.most = s.pace, viewsOfConnection*options.Connections
	s.http = http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: headerPatience,
		ReadTimeout:       headerPatience,
		IdleTimeout:       idlePatience,
		MaxHeaderBytes:    mostHeader,
		ErrorLog:          log.New(io.Discard, "", 0), // who speaks no HTTP, or no TLS, is no news
		Protocols:         new(http.Protocols),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if encrypted, ok := c.(*tls.Conn); ok {
				c = encrypted.NetConn()
			}
			g := c.(*guest)
			ctx, g.leave = context.WithCancel(ctx)
			return context.WithValue(ctx, guestKey{}, g)
		},
	}
	s.http.Protocols.SetHTTP1(true) // alone: a connection has one request at a time
	return s
}

// Serve answers the connections of ln, with TLS if there is a config, until Shutdown.
func (s *Server) Serve(ln net.Listener, config *tls.Config) error {
	ln = door{ln, &s.crowd, s.options.Visitor}
	if config != nil {
		ln = tls.NewListener(ln, config)
	}
	if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Stop has it tell that the server stops.
func (s *Server) Stop() { s.stopping.Store(true) }

// Shutdown ends the streams, and all else when it is answered, or soon, or ctx ends: who
// does not read does not keep the server. It is called once.
func (s *Server) Shutdown(ctx context.Context) {
	s.Stop()
	close(s.draining)
	ctx, cancel := context.WithTimeout(ctx, lastPatience)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // that they were cut off
	}
}

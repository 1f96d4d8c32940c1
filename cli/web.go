package cli

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/prefixtracker/prefixtracker/web"
	"github.com/rs/zerolog"
)

// watching is the HTTP server at work; nil for none.
type watching struct {
	server *web.Server
	ended  chan struct{}
}

// startWatching opens the HTTP address and serves it. Where nobody has chosen one, a
// server that finds it taken does without.
func startWatching(c *config, registry *tracker.Registry, handler *commands.Commands, server *resp.Server, certificates *resp.Certificates, log zerolog.Logger) (*watching, error) {
	if c.web.addr.text == "" {
		return nil, nil
	}
	ln, err := net.Listen("tcp", c.web.addr.text)
	switch {
	case err != nil && c.web.addr.chosen:
		return nil, fmt.Errorf("--http-addr: %w", listenError(c.web.addr.text, err))
	case err != nil:
		log.Warn().Err(listenError(c.web.addr.text, err)).Msg("no health, metrics and page over HTTP: see --http-addr")
		return nil, nil
	}
	var config *tls.Config
	scheme := "http"
	if certificates != nil {
		config, scheme = certificates.Config(), "https"
	}
	w := &watching{ended: make(chan struct{})}
	w.server = web.New(web.Options{
		Registry:    registry,
		Figures:     func() *observe.Figures { return handler.Figures(server) },
		Clients:     func(n int) []observe.Client { return engine.Clients(server, n) },
		Visitor:     func(addr net.Addr) web.Visitor { return server.Visitor(addr) },
		Log:         log,
		Prefixes:    c.web.prefixes,
		Profiles:    c.web.profiles,
		Connections: mostWatching,
	})
	go func() {
		defer close(w.ended)
		if err := w.server.Serve(ln, config); err != nil {
			log.Error().Err(err).Msg("HTTP is not served any more")
		}
	}()
	log.Info().Str("addr", ln.Addr().String()).Str("open", scheme+"://"+ln.Addr().String()+"/").Msg("listening for HTTP")
	return w, nil
}

// mostWatching is how many connections over HTTP there can be.
const mostWatching = 256

// stopping has it say that the server stops.
func (w *watching) stopping() {
	if w != nil {
		w.server.Stop()
	}
}

// stop ends it, at once if ctx has ended.
func (w *watching) stop(ctx context.Context) {
	if w != nil {
		w.server.Shutdown(ctx)
		<-w.ended
	}
}

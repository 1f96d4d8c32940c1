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

// watching is the HTTP server at work, if there is one.
type watching struct {
	server *web.Server // nil for none
	open   string      // what to open in a browser
	addr   string
	taken  error // why there is none that nobody has asked for
	ended  chan struct{}
}

// startWatching opens the HTTP address and serves it. Where nobody has chosen one, a
// server that finds it taken does without.
func startWatching(c *config, certificates *resp.Certificates, options web.Options) (*watching, error) {
	where := c.web.addr
	if where.text == "" {
		return new(watching), nil
	}
	ln, err := net.Listen("tcp", where.text)
	switch {
	case err != nil && where.chosen:
		return nil, fmt.Errorf("--http-addr: %w", listenError(where.text, err))
	case err != nil:
		return &watching{taken: listenError(where.text, err)}, nil
	}
	var config *tls.Config
	scheme := "http"
	if certificates != nil {
		config, scheme = certificates.Config(), "https"
	}
	w := &watching{server: web.New(options), addr: ln.Addr().String(), ended: make(chan struct{})}
	w.open = scheme + "://" + browsable(ln.Addr()) + "/"
	go func() {
		defer close(w.ended)
		if err := w.server.Serve(ln, config); err != nil {
			options.Log.Error().Err(err).Msg("nothing is shown over HTTP any more")
		}
	}()
	return w, nil
}

// shown is what is shown over HTTP, and to whom.
func (c *config) shown(registry *tracker.Registry, handler *commands.Commands, server *resp.Server, watchers int, log zerolog.Logger) web.Options {
	return web.Options{
		Registry:    registry,
		Loading:     handler.Loads,
		Connections: watchers,
		Figures:     func() *observe.Figures { return handler.Figures(server) },
		Clients:     func(n int) []observe.Client { return engine.Clients(server, n) },
		Visitor:     func(addr net.Addr) web.Visitor { return server.Visitor(addr) },
		Log:         log,
		Prefixes:    c.web.prefixes,
		Profiles:    c.web.profiles,
	}
}

// tell says where it is, or why it is not.
func (w *watching) tell(log zerolog.Logger) {
	switch {
	case w.taken != nil:
		log.Warn().Err(w.taken).Msg("nothing is shown over HTTP: --http-addr says where else")
	case w.server != nil:
		log.Info().Str("addr", w.addr).Str("open", w.open).Msg("listening for HTTP")
	}
}

// browsable is an address that a browser on this machine can open.
func browsable(addr net.Addr) string {
	if a, ok := addr.(*net.TCPAddr); ok && a.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", a.Port)
	}
	return addr.String()
}

// stopping has it say that the server stops.
func (w *watching) stopping() {
	if w != nil && w.server != nil {
		w.server.Stop()
	}
}

// stop ends it, at once if ctx has ended.
func (w *watching) stop(ctx context.Context) {
	if w != nil && w.server != nil {
		w.server.Shutdown(ctx)
		<-w.ended
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
	"github.com/urfave/cli/v2"
)

// serve runs the server until the context ends.
func serve(c *cli.Context) error {
	s := settings{c}
	if err := s.check(); err != nil {
		return err
	}
	log, err := newLogger(os.Stderr, s.String("log-level"), s.String("log-format"))
	if err != nil {
		return err
	}
	config, err := s.server()
	if err != nil {
		return err
	}
	limit, machine, err := s.memory()
	if err != nil {
		return err
	}
	certificates, err := s.certificates()
	if err != nil {
		return err
	}
	// Memory that is no longer used counts until the collector has run. Near
	// the machine's limit it is to run in time.
	if machine > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(machine / 10 * 9)
	}
	config.MaxClients = withinDescriptors(config.MaxClients, log)
	registry, err := tracker.NewRegistry(
		tracker.Config{MaxID: s.Uint64("default-max-id"), Width: tracker.DefaultWidth}, tracker.NewBudget(limit))
	if err != nil {
		return err
	}
	ctx, shutdown := context.WithCancel(c.Context)
	defer shutdown()
	server := resp.NewServer(commands.New(registry, commands.Options{
		MaxCount: s.Int("max-count"),
		Version:  programVersion(),
		Server:   config,
		Debug:    s.debug(),
		Shutdown: shutdown,
	}), log, config)

	listeners, err := listen(s, server, certificates)
	if err != nil {
		return err
	}
	go reloadOnHangup(ctx, s, server, certificates, log)
	for _, l := range listeners {
		log.Info().Str("addr", l.Addr().String()).Str("version", programVersion()).Str("try", l.try).Msg("listening")
	}
	return runUntil(ctx, server, listeners, s.Duration("shutdown-timeout"), log)
}

// listener is an address and how its connections are served.
type listener struct {
	net.Listener
	serve func(net.Listener) error
	try   string // a command that shows the server at work
}

// listen opens all listeners, or none.
func listen(s settings, server *resp.Server, certificates *resp.Certificates) (listeners []listener, err error) {
	defer func() {
		if err != nil {
			for _, l := range listeners {
				_ = l.Close() // the first error says more
			}
		}
	}()
	tcp := func(addr string) (net.Listener, error) {
		config := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Minute, Interval: time.Minute, Count: 3}}
		ln, err := config.Listen(context.Background(), "tcp", addr)
		if err != nil {
			return nil, listenError(addr, err)
		}
		return ln, nil
	}
	ln, err := tcp(s.String("addr"))
	if err != nil {
		return nil, err
	}
	listeners = append(listeners, listener{ln, server.Serve, tryLine(ln.Addr(), "")})
	if certificates != nil {
		if ln, err = tcp(s.String("tls-addr")); err != nil {
			return listeners, err
		}
		config := certificates.Config()
		listeners = append(listeners, listener{ln, func(ln net.Listener) error { return server.ServeTLS(ln, config) }, tryLine(ln.Addr(), " --tls")})
	}
	if path := s.String("unix-socket"); path != "" {
		mode, err := s.socketMode()
		if err != nil {
			return listeners, err
		}
		if ln, err = resp.ListenUnix(path, mode); err != nil {
			return listeners, listenError(path, err)
		}
		listeners = append(listeners, listener{ln, server.Serve, "redis-cli -s " + path + " PT.CLAIMNEXT vec:"})
	}
	return listeners, nil
}

// runUntil serves the listeners until ctx ends and then lets the commands in
// flight finish, for patience at most.
func runUntil(ctx context.Context, server *resp.Server, listeners []listener, patience time.Duration, log zerolog.Logger) error {
	served := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { served <- l.serve(l.Listener) }()
	}
	waiting := len(listeners)
	var failure error
	select {
	case failure = <-served:
		waiting--
	case <-ctx.Done():
	}
	log.Info().Msg("stopping: commands in flight finish first")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		log.Warn().Err(err).Msg("connections were cut off")
	}
	for ; waiting > 0; waiting-- {
		if err := <-served; failure == nil {
			failure = err
		}
	}
	log.Info().Msg("stopped")
	return failure
}

// reloadOnHangup reads the files of passwords and certificates again whenever
// SIGHUP comes, until ctx ends. What cannot be read stays as it was.
func reloadOnHangup(ctx context.Context, s settings, server *resp.Server, certificates *resp.Certificates, log zerolog.Logger) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		}
		password, err := s.password()
		if err == nil {
			server.SetPassword(password)
		}
		if certificates != nil {
			err = errors.Join(err, certificates.Load())
		}
		if err != nil {
			log.Error().Err(err).Msg("reload failed: what could not be read stays as it was")
			continue
		}
		log.Info().Msg("reloaded password and certificates")
	}
}

// tryLine is a command that shows the server at work.
func tryLine(addr net.Addr, options string) string {
	a, ok := addr.(*net.TCPAddr)
	if !ok {
		return ""
	}
	host := ""
	if !a.IP.IsUnspecified() && !a.IP.Equal(net.IPv4(127, 0, 0, 1)) {
		host = fmt.Sprintf(" -h %s", a.IP)
	}
	return fmt.Sprintf("redis-cli%s -p %d%s PT.CLAIMNEXT vec:", host, a.Port, options)
}

func listenError(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("cannot listen on %s: the address is in use", addr)
	}
	return fmt.Errorf("cannot listen on %s: %w", addr, err)
}

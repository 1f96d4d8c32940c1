package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// serve runs the server until the context ends or a client shuts it down.
func serve(ctx context.Context, settings []row, c *config) error {
	hangups := catchHangups()
	// Before anything is opened: what is missing then says less, and the runtime
	// itself does not survive it.
	wanted := c.server.MaxClients
	if wanted == machineMemory {
		wanted = resp.DefaultConfig().MaxClients
	}
	clients, err := withinDescriptors(wanted, c.server.Loops)
	if err != nil {
		return err
	}
	// Whoever reads the log may go: then a line is lost, and not the server.
	signal.Ignore(syscall.SIGPIPE)
	lines := new(observe.LogCounters)
	log, queue := newLogger(os.Stderr, c.logLevel, c.logFormat, lines)
	defer queue.close(lastLines)
	machine := availableMemory()
	c.fitMachine(machine)
	if clients < c.server.MaxClients {
		log.Warn().Int("max_clients", clients).Msg("the limit of file descriptors has no room for so many clients")
	}
	if most := c.server.MaxClients; most == 0 || clients < most {
		c.server.MaxClients = clients
	}
	password, err := c.readPassword()
	if err != nil {
		return err
	}
	c.server.Password = password
	certificates, err := c.tls.load()
	if err != nil {
		return err
	}
	limitCollector(machine, c.memory, c.server.QueryMemory)
	registry, err := tracker.NewRegistry(c.trackers, tracker.NewBudget(c.memory))
	if err != nil {
		return err
	}
	defer registry.Close()
	r := &running{config: c, machine: machine, budget: registry.Budget(), slowLog: c.newSlowLog(), latency: c.newLatency()}
	ctx, shutdown := context.WithCancel(ctx)
	defer shutdown()
	server := resp.NewServer(commands.New(registry, commands.Options{
		MaxCount:  c.maxCount,
		Version:   Version,
		Settings:  configured(settings, r),
		SlowLog:   r.slowLog,
		Latency:   r.latency,
		Log:       lines,
		Debug:     c.debug,
		Protected: c.protected,
		Shutdown:  shutdown,
	}), log, c.server)

	// Who reads "listening" may rely on it, so that is said when there is
	// everything that serving needs.
	err = server.Start()
	var listeners []listener
	if err == nil {
		listeners, err = listen(c, server, certificates)
	}
	if err != nil {
		_ = server.Shutdown(ctx) // the first error says more
		return err
	}
	warnOfVariables(settings, os.Environ(), log)
	go reloadOnHangup(ctx, hangups, c, server, certificates, log)
	for _, l := range listeners {
		log.Info().Str("addr", l.Addr().String()).Str("version", Version).Str("try", l.try).Msg("listening")
	}
	return runUntil(ctx, server, listeners, c.shutdown, log)
}

func (c *config) newSlowLog() *engine.SlowLog {
	l := engine.NewSlowLog()
	if queries := c.server.QueryMemory; queries > 0 {
		l.Within(queries / slowShare)
	}
	l.SetThreshold(c.slowThreshold)
	l.SetLength(c.slowLength)
	return l
}

func (c *config) newLatency() *engine.Latency {
	l := engine.NewLatency()
	l.SetThreshold(c.latencyThreshold)
	return l
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

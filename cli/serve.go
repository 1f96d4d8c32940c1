package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/internal/scarce"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// errNoBackup: whoever shut the server down wanted a backup, or else none.
var errNoBackup = errors.New("the backup of SHUTDOWN SAVE FORCE was not written")

// serve runs the server until the context ends or a client shuts it down.
func serve(ctx context.Context, settings []row, c *config) error {
	hangups := catchHangups()
	// Before anything is opened: what is missing then says less, and the runtime
	// itself does not survive it.
	wanted := c.server.MaxClients
	if wanted == machineMemory {
		wanted = resp.DefaultConfig().MaxClients
	}
	clients, watchers, err := withinDescriptors(wanted, c.web.watchers(), c.server.Loops)
	if err != nil {
		return err
	}
	scarce.Release()
	// Whoever reads the log may go: then a line is lost, and not the server.
	signal.Ignore(syscall.SIGPIPE)
	lines := new(observe.LogCounters)
	log, queue := newLogger(os.Stderr, c.logLevel, c.logFormat, lines)
	defer queue.close(lastLines)
	super, err := findSupervisor(os.LookupEnv)
	if err != nil {
		log.Warn().Err(err).Msg("the supervisor is told nothing")
	}
	machine := availableMemory()
	watchers = watchersWithin(watchers, machine)
	machine = max(machine-int64(watchers)*watcherTakes, 0) // what is left for all others
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
	k := newKeeper(c.kept)
	k.super = super
	r := &running{config: c, machine: machine, budget: registry.Budget(), keeper: k, slowLog: c.newSlowLog(), latency: c.newLatency()}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	shutdown := func(unsaved error) {
		if unsaved != nil {
			unsaved = fmt.Errorf("%w: %w", errNoBackup, unsaved)
		}
		stop(unsaved)
	}
	beside := newSyncing(c.sync, log)
	handler := commands.New(registry, commands.Options{
		MaxCount:   c.maxCount,
		Version:    Version,
		ConfigFile: c.file.path,
		Settings:   configured(settings, r),
		SlowLog:    r.slowLog,
		Latency:    r.latency,
		Log:        lines,
		Debug:      c.debug,
		Protected:  c.protected,
		Shutdown:   shutdown,
		Loading:    c.kept.appendOnly,
		Backup:     c.kept.backup,
		NoCreate:   !c.kept.create,
		Sync:       beside,
		SyncFrom:   c.sync.from,
	})
	if err = beside.open(registry, handler.Recorder()); err != nil {
		return fmt.Errorf("--store: %w", err)
	}
	server := resp.NewServer(handler, log, c.server)
	// Before anything is read: whoever connects is told how far that is.
	s, err := startServing(server, func() ([]listener, error) { return listen(c, server, certificates) })
	if err != nil {
		return err
	}
	if s.watching, err = startWatching(c, certificates, c.shown(registry, handler, server, watchers, log)); err != nil {
		s.cutOff()
		return err
	}
	if err = k.keep(ctx, registry, handler.Engine, log, beside, server); err != nil {
		if ctx.Err() == nil {
			s.cutOff()
			return err
		}
		super.stopping(0)
		log.Info().Msg("stopping: what was kept is not read any more")
		s.cutOff()
		log.Info().Msg("stopped")
		return nil
	}
	warnOfVariables(settings, os.Environ(), log)
	c.file.warn(settings, log)
	go reloadOnHangup(ctx, hangups, c, server, certificates, super, log)
	// Who reads "listening" may rely on it, so that is said when there is
	// everything that serving needs, and nobody has said meanwhile to stop.
	s.watching.tell(log)
	for _, l := range s.listeners {
		if ctx.Err() != nil {
			break
		}
		line := log.Info().Str("addr", l.Addr().String()).Str("version", Version)
		k.tellWhere(line).Str("try", l.try).Msg("listening")
	}
	super.serving()
	beside.begin(ctx)
	go super.watch(ctx, server.Pulse, log)
	return s.serveUntil(ctx, k, beside, super, c.shutdown, log)
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

// Prefixtracker is a sidecar for load generators and workers: over the Redis
// protocol it tells which integer IDs exist under each key prefix, hands out
// the next free one to exactly one caller, and iterates over what exists.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/prefixtracker/prefixtracker/commands"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
	"github.com/urfave/cli/v2"
)

// version is set by the linker for releases.
var version = ""

// shutdownTimeout is how long commands in flight may take after a signal.
const shutdownTimeout = 8 * time.Second // Docker kills after 10

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the program at once
	if err := newApp().RunContext(ctx, os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "prefixtracker:", err)
		os.Exit(1)
	}
}

func newApp() *cli.App {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "addr", Value: "127.0.0.1:7171", Usage: "listen on `HOST:PORT`", EnvVars: []string{"PT_ADDR"}},
		&cli.Uint64Flag{Name: "default-max-id", Usage: "bound (exclusive) of prefixes made without MAXID; 0 is unbounded", EnvVars: []string{"PT_DEFAULT_MAX_ID"}},
		&cli.StringFlag{Name: "enable-debug-command", Value: "no", Usage: "allow DEBUG to `WHO`: no, local (connections from this machine) or yes", EnvVars: []string{"PT_ENABLE_DEBUG_COMMAND"}},
		&cli.IntFlag{Name: "max-count", Value: 65536, Usage: "largest `N` that COUNT can ask for", EnvVars: []string{"PT_MAX_COUNT"}},
		&cli.StringFlag{Name: "log-level", Value: "info", Usage: "debug, info, warn or error", EnvVars: []string{"PT_LOG_LEVEL"}},
		&cli.StringFlag{Name: "log-format", Usage: "pretty or json (default: pretty on a terminal, else json)", EnvVars: []string{"PT_LOG_FORMAT"}},
	}
	return &cli.App{
		Name:            "prefixtracker",
		Usage:           "a Redis-protocol sidecar that knows which IDs exist and who gets the next one",
		Version:         programVersion(),
		Flags:           flags,
		Action:          serve,
		HideHelpCommand: true,
		// One line and an exit code: no usage text behind it.
		OnUsageError: func(_ *cli.Context, err error, _ bool) error { return err },
		Commands: []*cli.Command{{
			Name:         "serve",
			Usage:        "run the server (the default)",
			Flags:        flags,
			Action:       serve,
			OnUsageError: func(_ *cli.Context, err error, _ bool) error { return err },
		}},
	}
}

func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "0.1.0-dev"
}

// settings reads flags that may stand before or behind "serve".
type settings struct{ *cli.Context }

func (s settings) of(name string) *cli.Context {
	for _, c := range s.Lineage() {
		if slices.Contains(c.LocalFlagNames(), name) {
			return c
		}
	}
	return s.Context
}

func (s settings) String(name string) string { return s.of(name).String(name) }
func (s settings) Int(name string) int       { return s.of(name).Int(name) }
func (s settings) Uint64(name string) uint64 { return s.of(name).Uint64(name) }

// serve runs the server until the context ends.
func serve(inner *cli.Context) error {
	c := settings{inner}
	if c.Args().Present() {
		return fmt.Errorf("unknown command %q: see prefixtracker --help", c.Args().First())
	}
	log, err := newLogger(os.Stderr, c.String("log-level"), c.String("log-format"))
	if err != nil {
		return err
	}
	if c.Int("max-count") < 1 {
		return fmt.Errorf("invalid value %d for --max-count: must be at least 1", c.Int("max-count"))
	}
	debug := commands.DebugAccess(c.String("enable-debug-command"))
	if debug != commands.DebugNo && debug != commands.DebugLocal && debug != commands.DebugYes {
		return fmt.Errorf("invalid value %q for --enable-debug-command: must be no, local or yes", debug)
	}
	if c.String("addr") == "" {
		return errors.New("invalid value \"\" for --addr: must be HOST:PORT, such as 127.0.0.1:7171")
	}
	maxID := c.Uint64("default-max-id")
	if maxID > tracker.Limit {
		return fmt.Errorf("invalid value %d for --default-max-id: must be 0 to %d", maxID, uint64(tracker.Limit))
	}
	budget := tracker.NewBudget(memoryShare())
	registry, err := tracker.NewRegistry(tracker.Config{MaxID: maxID, Width: tracker.DefaultWidth}, budget)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.String("addr"))
	if err != nil {
		return listenError(c.String("addr"), err)
	}
	ctx, shutdown := context.WithCancel(c.Context.Context)
	defer shutdown()
	server := resp.NewServer(commands.New(registry, commands.Options{
		MaxCount: c.Int("max-count"),
		Version:  programVersion(),
		Debug:    debug,
		Shutdown: shutdown,
	}), log)
	log.Info().Str("addr", ln.Addr().String()).Str("version", programVersion()).
		Str("try", tryLine(ln.Addr())).Msg("listening")

	return runUntil(ctx, server, ln, log)
}

// runUntil serves ln until ctx ends and then lets the commands in flight
// finish.
func runUntil(ctx context.Context, server *resp.Server, ln net.Listener, log zerolog.Logger) error {
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	log.Info().Msg("stopping: commands in flight finish first")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		log.Warn().Err(err).Msg("connections were cut off")
	}
	err := <-served
	log.Info().Msg("stopped")
	return err
}

// tryLine is a command that shows the server at work.
func tryLine(addr net.Addr) string {
	a, ok := addr.(*net.TCPAddr)
	if !ok {
		return ""
	}
	host := ""
	if !a.IP.IsUnspecified() && !a.IP.Equal(net.IPv4(127, 0, 0, 1)) {
		host = fmt.Sprintf(" -h %s", a.IP)
	}
	return fmt.Sprintf("redis-cli%s -p %d PT.CLAIMNEXT vec:", host, a.Port)
}

func listenError(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("cannot listen on %s: the address is in use", addr)
	}
	return fmt.Errorf("cannot listen on %s: %w", addr, err)
}

func newLogger(out *os.File, level, format string) (zerolog.Logger, error) {
	lvl, err := zerolog.ParseLevel(level)
	if err != nil || !slices.Contains([]string{"debug", "info", "warn", "error"}, level) {
		return zerolog.Logger{}, fmt.Errorf("invalid value %q for --log-level: must be debug, info, warn or error", level)
	}
	if format == "" {
		format = "json"
		if isatty.IsTerminal(out.Fd()) {
			format = "pretty"
		}
	}
	var w io.Writer
	switch format {
	case "json":
		w = out
	case "pretty":
		w = zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly}
	default:
		return zerolog.Logger{}, fmt.Errorf("invalid value %q for --log-format: must be pretty or json", format)
	}
	return zerolog.New(w).Level(lvl).With().Timestamp().Logger(), nil
}

// Prefixtracker is a sidecar for load generators and workers: over the Redis
// protocol it tells which integer IDs exist under each key prefix, hands out
// the next free one to exactly one caller, and iterates over what exists.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"
	"github.com/urfave/cli/v2"
)

// version is set by the linker for releases.
var version = ""

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the program at once
	if err := newApp().RunContext(ctx, os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "prefixtracker:", err)
		os.Exit(1)
	}
}

func newApp() *cli.App {
	return &cli.App{
		Name:            "prefixtracker",
		Usage:           "a Redis-protocol sidecar that knows which IDs exist and who gets the next one",
		Version:         programVersion(),
		Flags:           flags(),
		Action:          serve,
		HideHelpCommand: true,
		// One line and an exit code: no usage text behind it.
		OnUsageError: func(_ *cli.Context, err error, _ bool) error { return err },
		Commands: []*cli.Command{{
			Name:         "serve",
			Usage:        "run the server (the default)",
			Flags:        flags(),
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

package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/prefixtracker/prefixtracker/internal/scarce"
	urfave "github.com/urfave/cli/v2"
)

// Main runs the program with its arguments, of which the first is its name, and
// returns its exit code: 0, or 1 after one line on standard error. SIGINT and
// SIGTERM stop a server in good order; a second one ends the program at once.
func Main(args []string) int {
	scarce.Release()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from now on a signal does what it does by itself
	settings := rows()
	app := newApp(settings)
	isCommand := func(word string) bool { return app.Command(word) != nil }
	if err := app.RunContext(ctx, withValues(settings, isCommand, args)); err != nil {
		complain(os.Stderr, err)
		return 1
	}
	return 0
}

// newApp is the program: serve, which may be left out, check, version and help.
// Settings may stand before and behind serve; those behind win.
func newApp(settings []row) *urfave.App {
	before, behind := newFlags(settings), newFlags(settings)
	run := func(c *urfave.Context) error {
		if err := noArguments(c); err != nil {
			return err
		}
		config, err := readSettings(settings, os.LookupEnv, before, behind)
		if err != nil {
			return err
		}
		return serve(c.Context, settings, config)
	}
	return &urfave.App{
		Name:         "prefixtracker",
		Usage:        "a Redis-protocol sidecar that knows which IDs exist and who gets the next one",
		Version:      Version,
		Flags:        append(before.flags(), urfave.HelpFlag),
		Action:       run,
		OnUsageError: asItIs,
		Commands: []*urfave.Command{{
			Name:            "serve",
			Usage:           "run the server (the default)",
			Flags:           behind.flags(),
			Action:          run,
			OnUsageError:    asItIs,
			HideHelpCommand: true,
		}, checkCommand(), {
			Name:            "version",
			Usage:           "print the version",
			Action:          version,
			OnUsageError:    asItIs,
			HideHelpCommand: true,
		}, {
			Name:            "help",
			Usage:           "print what the program, or one of its commands, can do",
			ArgsUsage:       "[command]",
			Action:          help,
			OnUsageError:    asItIs,
			HideHelpCommand: true,
		}},
	}
}

// asItIs keeps the usage text from being printed behind an error.
func asItIs(_ *urfave.Context, err error, _ bool) error { return err }

func version(c *urfave.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	urfave.ShowVersion(c)
	return nil
}

func help(c *urfave.Context) error {
	name := c.Args().First()
	switch {
	case name == "":
		return urfave.ShowAppHelp(c)
	case c.App.Command(name) == nil:
		return unknownCommand(name)
	}
	return urfave.ShowCommandHelp(c, name)
}

func noArguments(c *urfave.Context) error {
	if c.Args().Present() {
		return unknownCommand(c.Args().First())
	}
	return nil
}

func unknownCommand(name string) error {
	return fmt.Errorf("unknown command %q: see prefixtracker --help", name)
}

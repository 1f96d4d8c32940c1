package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/prefixtracker/prefixtracker/internal/scarce"
	urfave "github.com/urfave/cli/v2"
)

// Main runs the program with its arguments, of which the first is its name, and
// returns its exit code: 0, or 1 after one line on standard error, or what the subcommand
// says. SIGINT and SIGTERM stop a server in good order; a second one ends the program at once.
func Main(args []string) int {
	ctx, stop := catchSignals(context.Background())
	defer stop()
	settings := rows()
	app := newApp(settings)
	isCommand := func(word string) bool { return app.Command(word) != nil }
	if err := app.RunContext(ctx, flagsFirst(syntaxOf(app), withValues(settings, isCommand, args))); err != nil {
		return exitCode(os.Stderr, err)
	}
	return 0
}

// catchSignals returns a context that the first SIGINT or SIGTERM ends.
func catchSignals(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // from now on a signal does what it does by itself
	return ctx, stop
}

// letSignals has them do what they do by itself, until somebody catches them again. It is for who may wait for the other
// end of a pipe, which nothing else ends, and has nothing to put in order. Its error is that one has come before.
func letSignals(ctx context.Context) error {
	signal.Reset(syscall.SIGINT, syscall.SIGTERM)
	return context.Cause(ctx)
}

// newApp is the program: the subcommands, and the flags of serve, which may be
// left out. Settings may stand before and behind serve; those behind win.
func newApp(settings []row) *urfave.App {
	before, behind := newFlags(settings), newFlags(settings)
	run := func(c *urfave.Context) error {
		if err := noArguments(c); err != nil {
			return err
		}
		limitProcessors() // what is so many for each processor by default needs to know
		config, err := readSettings(settings, os.LookupEnv, before, behind)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(c.Lineage(), func(c *urfave.Context) bool { return c.Bool(checkConfigName) }) {
			scarce.Release()
			return checkConfig(c.App.Writer, settings, config)
		}
		return serve(c.Context, settings, config)
	}
	app := &urfave.App{
		Name:         programName,
		Usage:        "a Redis-protocol sidecar that knows which IDs exist and who gets the next one",
		Version:      builtVersion(),
		Flags:        append(before.flags(), checkConfigFlag(), urfave.HelpFlag),
		Action:       run,
		OnUsageError: asItIs,
		// A prefix may have a comma in it.
		DisableSliceFlagSeparator: true,
		Commands: []*urfave.Command{
			{
				Name:   serveName,
				Usage:  "run the server (the default)",
				Flags:  append(behind.flags(), checkConfigFlag()),
				Action: run,
			},
			runCommand(settings, before),
			syncCommand(settings, before),
			checkCommand(),
			topCommand(settings, before),
			exportCommand(settings, before),
			importCommand(settings, before),
			pingCommand(settings, before),
			healthcheckCommand(settings, before),
			completionCommand(),
			manCommand(),
			versionCommand(),
			helpCommand(),
		},
	}
	for _, c := range app.Commands {
		c.HideHelpCommand = true
		if c.OnUsageError == nil {
			c.OnUsageError = asItIs
		}
		if c.Name != serveName { // which says what is missing before anything may be opened
			c.Before = func(*urfave.Context) error { scarce.Release(); return nil }
		}
	}
	return app
}

// serveName is the command that the settings are for.
const serveName = "serve"

// programName is its name, on the command line and in what it says.
const programName = "prefixtracker"

// asItIs keeps the usage text from being printed behind an error.
func asItIs(_ *urfave.Context, err error, _ bool) error { return err }

func noArguments(c *urfave.Context) error {
	if c.Args().Present() {
		return unknownCommand(c.Args().First())
	}
	return nil
}

func unknownCommand(name string) error {
	return fmt.Errorf("unknown command %q: see prefixtracker --help", name)
}

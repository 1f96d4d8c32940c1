//go:build linux

// Peers measures this server beside redis-server, and beside valkey-server
// when it is there, on this machine, and prints Markdown: throughput, latency,
// server CPU per request and memory, each with the ratio of the two.
//
//	go run ./bench/peers [-pairs 5] [-seconds 2] [-rows regexp] [-short]
//	go run ./bench/peers -against PATH [-pairs 9] [...]
//
// The second form shows what a change costs: the rival is the program at PATH,
// another build of this server, with the same flags and the same commands.
// Build it from the commit before, say in a git worktree of it:
//
//	git worktree add ../before HEAD~1 && go -C ../before build -o before .
//	go run ./bench/peers -against ../before/before -pairs 9
//
// With -server PATH -against PATH, the same program twice, and other -server-flags
// than -against-flags it shows what a setting costs. By default nobody keeps
// anything. What this server's log costs, and what Redis's does:
//
//	go run ./bench/peers -server P -against P -server-flags "--appendonly yes" -against-flags "--appendonly no"
//	go run ./bench/peers -server-flags "--appendonly yes" -against-flags "--appendonly yes --appendfsync everysec"
//
// The goal is then a median ratio within 3 %. How much the machine itself sways
// is seen when a build is measured beside a copy of it.
//
// Each measurement starts a server of its own on a free loopback port, in an empty
// directory, brings it into the row's state, loads it from this process and stops it. A row's
// servers take turns, A B A B …, and a ratio compares two measurements that
// were neighbours, so a noisy machine hits both alike. See row.go for what a
// row is and rows.go for the list of them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/urfave/cli/v2"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the program at once
	if err := newApp().RunContext(ctx, os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "bench-peers:", err)
		os.Exit(1)
	}
}

func newApp() *cli.App {
	return &cli.App{
		Name:  "bench-peers",
		Usage: "this server beside Redis and Valkey on the same machine, as Markdown",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "pairs", Value: 5, Usage: "measure every server `N` times; the tables show medians"},
			&cli.Float64Flag{Name: "seconds", Value: 2, Usage: "length of one measurement"},
			&cli.IntFlag{Name: "connections", Value: 50, Usage: "connections of the load generator"},
			&cli.IntFlag{Name: "threads", Value: 1, Usage: "threads of the load generator"},
			&cli.StringFlag{Name: "rows", Usage: "only rows whose \"work vs against\" matches this `REGEXP`"},
			&cli.BoolFlag{Name: "short", Usage: "one pair of 0.3 s where not told otherwise: only shows that it works"},
			&cli.StringFlag{Name: "server", Usage: "measure the program at `PATH` instead of building this one"},
			&cli.StringFlag{Name: "against", Usage: "the rival is the program at `PATH`, another build of this server"},
			&cli.StringFlag{Name: "server-flags", Value: "--appendonly no", Usage: "`FLAGS` for this server and another build of it, separated by spaces"},
			&cli.StringFlag{Name: "against-flags", Usage: "`FLAGS` for another build of this server in their place; for Redis and Valkey, which keep nothing, more flags"},
		},
		Action:          run,
		HideHelpCommand: true,
		OnUsageError:    func(_ *cli.Context, err error, _ bool) error { return err },
	}
}

func run(c *cli.Context) error {
	if c.Args().Present() {
		return fmt.Errorf("unexpected argument %q", c.Args().First())
	}
	p, err := planOf(c)
	if err != nil {
		return err
	}
	match, err := regexp.Compile(c.String("rows"))
	if err != nil {
		return fmt.Errorf("-rows: %w", err)
	}
	ctx, started := c.Context, time.Now()
	before, err := occupancyNow()
	if err != nil {
		return err
	}
	progress := progressTo(os.Stderr)

	dir, err := os.MkdirTemp("", "bench-peers-")
	if err != nil {
		return fmt.Errorf("directory for programs and logs: %w", err)
	}
	defer os.RemoveAll(dir)
	progress.say("building the server")
	flags := strings.Fields(c.String("server-flags"))
	againstFlags := strings.Fields(c.String("against-flags"))
	if c.IsSet("against") && !c.IsSet("against-flags") {
		againstFlags = flags
	}
	programs, err := findPrograms(ctx, dir, c.String("server"), c.String("against"), flags, againstFlags)
	if err != nil {
		return err
	}
	b := bench{plan: p, programs: programs, dir: dir, progress: progress}
	rows := loadRows()
	if c.IsSet("against") {
		rows = besideAnotherBuild(rows)
	}
	rows, memory := keep(rows, match), match.MatchString(memoryRow)
	if len(rows) == 0 && !memory {
		return errors.New("-rows matches no row")
	}
	progress.say("")
	if err := printMachine(os.Stdout, p, programs, started); err != nil {
		return err
	}
	err = b.report(ctx, os.Stdout, rows, memory)
	after, occupancyErr := occupancyNow()
	if err = errors.Join(err, occupancyErr); err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "Took %s; %s.\n", time.Since(started).Round(time.Second), after.since(before))
	return err
}

// report measures and prints. When the context ends it prints what it has.
func (b *bench) report(ctx context.Context, out io.Writer, rows []*row, memory bool) error {
	var failures []error
	for i, r := range rows {
		if err := b.measure(ctx, r, fmt.Sprintf("row %d of %d", i+1, len(rows))); err != nil {
			failures = append(failures, err)
		}
	}
	b.progress.say("")
	if err := printRows(out, rows); err != nil {
		return err
	}
	if memory && ctx.Err() == nil {
		if err := b.memory(ctx, out); err != nil {
			failures = append(failures, err)
		}
	}
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return errors.Join(failures...)
}

// planOf reads the flags.
func planOf(c *cli.Context) (plan, error) {
	p := plan{
		pairs:       c.Int("pairs"),
		length:      time.Duration(c.Float64("seconds") * float64(time.Second)),
		connections: c.Int("connections"),
		threads:     c.Int("threads"),
		short:       c.Bool("short"),
	}
	if p.short && !c.IsSet("pairs") {
		p.pairs = 1
	}
	if p.short && !c.IsSet("seconds") {
		p.length = 300 * time.Millisecond
	}
	switch {
	case p.pairs < 1:
		return plan{}, fmt.Errorf("-pairs %d: at least 1", p.pairs)
	case p.length < 50*time.Millisecond || p.length > 10*time.Minute:
		return plan{}, fmt.Errorf("-seconds %g: 0.05 to 600", c.Float64("seconds"))
	case p.threads < 1 || p.connections < p.threads || p.connections > maxConnections:
		return plan{}, fmt.Errorf("-threads %d -connections %d: at least 1 thread, a connection for each, and %d at most",
			p.threads, p.connections, maxConnections)
	}
	return p, nil
}

// progressTo writes to a terminal only.
func progressTo(f *os.File) progress {
	if isatty.IsTerminal(f.Fd()) {
		return progress{f}
	}
	return progress{io.Discard}
}

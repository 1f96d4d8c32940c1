// Bench measures the library beside its rivals and prints one Markdown table
// per group: the seed's targets, the goals, this run's figures, and what
// sync.RWMutex around a bitset, sync.RWMutex around a roaring bitmap and
// sync.Map take for the same in the same process.
//
//	go run ./bench [-rounds 5] [-run regexp] [-quick]
//
// All subjects of a group take turns, round by round, so that a noisy machine
// hits all alike. Nothing is subtracted; the cost of the bare random generator
// has a row of its own. See subject.go for how to add a row.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/mattn/go-isatty"
)

// memoryLimit ends the garbage collector's holiday (see measure.go) before the
// machine suffers.
const memoryLimit = 7 << 30

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr *os.File) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "rounds per subject; the tables show their median")
	only := flags.String("run", "", "only operations whose \"group/operation\" matches this `regexp`")
	quick := flags.Bool("quick", false, "short rounds and no slow setups: under 30 s, rougher figures")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *rounds < 1 {
		return fmt.Errorf("-rounds %d: at least 1", *rounds)
	}
	match, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	debug.SetMemoryLimit(memoryLimit)
	m := meter{rounds: *rounds, length: 120 * time.Millisecond, progress: io.Discard}
	if *quick {
		m.length = 15 * time.Millisecond
	}
	if isatty.IsTerminal(stderr.Fd()) {
		m.progress = stderr
	}
	return report(stdout, m, match, *quick)
}

func report(out io.Writer, m meter, match *regexp.Regexp, quick bool) error {
	started := time.Now()
	if err := printMachine(out, m, started); err != nil {
		return err
	}
	any := false
	for _, g := range []group{single(quick), bulk(), claims(), flat()} {
		g.keep(match)
		if len(g.rows) == 0 {
			continue
		}
		any = true
		if err := m.measure(&g); err != nil {
			return err
		}
		if err := g.print(out, m.rounds); err != nil {
			return err
		}
	}
	if !any {
		return errors.New("-run matches no operation")
	}
	_, err := fmt.Fprintf(out, "Took %s.\n", time.Since(started).Round(time.Second))
	return err
}

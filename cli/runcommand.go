package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/report"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/workload"
	urfave "github.com/urfave/cli/v2"
)

// Exit codes of run. A wrong flag is a failure, too: nobody may take it for figures.
const (
	runDiffers = 1 // from what is expected
	runFailed  = 2
)

const runName = "run"

// runCommand runs a workload against a store.
func runCommand(settings []row, before flagSet) *urfave.Command {
	r := newRunner(settings)
	return &urfave.Command{
		Name:      runName,
		Usage:     "run a workload against a store: fill it, read only what exists, delete without a miss",
		ArgsUsage: "[" + strings.Join(workload.PhaseNames(), "|") + "]",
		Description: "A PHASE is a name as below, or one of a --workload FILE; several are run one after the other, all of a FILE without any.\n" +
			"Fill a store:          prefixtracker run --store redis://127.0.0.1:6379 --prefix vec: --keys 1000000 prefill\n" +
			"Then read and write:   prefixtracker run --store redis://127.0.0.1:6379 --prefix vec: --duration 30s mix\n" +
			"Operations of my own:  prefixtracker run --store redis://127.0.0.1:6379 --prefix vec: --op 'ids=sample hit=0.9 GET {key}'\n" +
			"From a file:           prefixtracker run --store redis://127.0.0.1:6379 --workload mine.yaml\n" +
			"On several hosts:      prefixtracker run --store redis://10.0.0.7:6379 --ids 10.0.0.8:7171 --barrier 3 --workload mine.yaml\n" +
			"For CI:                prefixtracker run --store redis://127.0.0.1:6379 --prefix vec: --expect hit=1 --expect 'p99<5ms' read\n" +
			"What there is:         prefixtracker run --list; prefixtracker run --print mix > mine.yaml\n" +
			"The exit code is 0 if all is as expected, 1 if something is not, and 2 if it could not be run to its end.\n" +
			"Ctrl-C ends it in good order, with the table; a second one at once.",
		Flags:        r.flags(),
		OnUsageError: func(_ *urfave.Context, err error, _ bool) error { return endedWith(runFailed, err) },
		Action: func(c *urfave.Context) error {
			differs, err := r.do(c, before)
			switch {
			case err != nil:
				return endedWith(runFailed, err)
			case differs:
				return ending{code: runDiffers}
			}
			return nil
		},
	}
}

// runner is how a workload is run, as the command line says.
type runner struct {
	*reach
	settings []row // all
	fields   []urfave.Flag
}

// runUsage are settings in the words of who runs a workload.
var runUsage = map[string]string{
	"store":            "the store; as a flag other users of the machine can see a password in it, so prefer PT_STORE or a file of settings",
	"requirepass":      "password of the tracker at --ids; other users of the machine can see it here, so prefer --requirepass-file",
	"requirepass-file": "file with the password of the tracker at --ids",
	"tls-cert":         "a certificate (PEM) to show to the tracker",
	"tls-key":          "the key of that certificate (PEM)",
	"tls-ca":           "authorities (PEM) that are trusted for the tracker's, beside the system's",
}

// idsOnly are flags that say nothing without --ids.
var idsOnly = []string{"tls", insecureName, "requirepass", "requirepass-file", "tls-cert", "tls-key", "tls-ca"}

func newRunner(settings []row) *runner {
	r := &runner{settings: settings, reach: newReach(settings, "store", "requirepass", "requirepass-file", "tls-cert", "tls-key", "tls-ca")}
	for i, s := range r.wanted {
		if usage, ok := runUsage[s.flag]; ok {
			r.wanted[i].usage = usage
		}
	}
	for _, f := range workload.Fields() {
		if !f.Flag {
			continue
		}
		usage := "`" + f.Value + "`: " + f.Usage
		switch {
		case f.Value == yesNo().placeholder:
			r.fields = append(r.fields, &urfave.BoolFlag{Name: f.Name, Usage: f.Usage})
		case f.Many:
			r.fields = append(r.fields, &urfave.StringSliceFlag{Name: f.Name, Usage: usage})
		default:
			r.fields = append(r.fields, &urfave.StringFlag{Name: f.Name, Usage: usage, DefaultText: f.Default})
		}
	}
	return r
}

func (r *runner) flags() []urfave.Flag {
	reaching := r.given.flags()
	i := slices.IndexFunc(reaching, func(f urfave.Flag) bool { return f.Names()[0] == "store" })
	store := reaching[i]
	return slices.Concat([]urfave.Flag{
		store,
		&urfave.StringFlag{Name: "ids", Usage: "the tracker: `HOST:PORT`, or the path of its Unix socket", DefaultText: "one in this program"},
		&urfave.StringFlag{Name: "workload", Usage: "the `FILE` with the phases, or a name of --list"},
		&urfave.StringSliceFlag{Name: "op", Usage: "a phase of these operations: an `OPERATION` is name=value … and a command"},
	}, r.fields, []urfave.Flag{
		&urfave.StringFlag{Name: "out", Usage: "print `" + strings.Join(report.Formats(), "|") + "` in place of the table; FORMAT=FILE writes it to a file"},
		&urfave.IntFlag{Name: "barrier", Usage: "begin each phase when `N` drivers are there", DefaultText: "at once"},
		&urfave.StringFlag{Name: "group", Usage: "the `NAME` of the drivers that a --barrier is for", DefaultText: "the prefix"},
		&urfave.BoolFlag{Name: "dry-run", Usage: "run nothing: print the workload as it is understood"},
		&urfave.BoolFlag{Name: "list", Usage: "run nothing: list the workloads that come with the program"},
		&urfave.StringFlag{Name: "print", Usage: "run nothing: print the workload `NAME` of these, to begin a file with"},
		&urfave.BoolFlag{Name: "merge", Usage: "run nothing: put the FILEs of several --out json=FILE together"},
		&urfave.BoolFlag{Name: "tls", Usage: "speak TLS with the tracker"},
		insecureFlag(),
	}, slices.Delete(reaching, i, i+1))
}

var (
	errNoRunStore  = errors.New("run needs a --store: see prefixtracker run --help")
	errInterrupted = errors.New("stopped by a signal: what was done by then stays done")
)

// do does what the command line asks for, and tells whether something is not as expected.
func (r *runner) do(c *urfave.Context, before flagSet) (differs bool, err error) {
	out, err := readOut(c.String("out"), c.IsSet("out"))
	if err != nil {
		return false, err
	}
	if err := onlyOne(c, "merge", "list", "print", "dry-run"); err != nil {
		return false, err
	}
	switch {
	case c.Bool("merge"):
		return mergeRuns(c, &out)
	case c.Bool("list"):
		return false, listWorkloads(c.App.Writer)
	case c.IsSet("print"):
		return false, printWorkload(c.App.Writer, c.String("print"))
	}
	w, err := r.workload(c)
	if err != nil {
		return false, err
	}
	if c.Bool("dry-run") {
		_, err := c.App.Writer.Write(w.YAML())
		return false, err
	}
	o, tracker, err := r.options(c, before, w)
	if err != nil {
		return false, err
	}
	defer tracker.close()
	defer o.Store.Close()
	if err := out.open(); err != nil {
		return false, err
	}
	defer out.drop()
	results, err := r.run(c.Context, w, o, tracker)
	switch {
	case err == nil:
	case c.Context.Err() != nil:
		err = errInterrupted
	}
	return slices.ContainsFunc(results, func(r driver.Result) bool { return r.Failed() }),
		errors.Join(out.tell(c.App.Writer, results), err)
}

// workload is what the command line says that is to be done.
func (r *runner) workload(c *urfave.Context) (*workload.Workload, error) {
	q := workload.Request{Phases: c.Args().Slice(), Ops: c.StringSlice("op")}
	if c.IsSet("workload") {
		q.File = c.String("workload")
		var err error
		if q.Text, err = readWorkload(q.File); err != nil {
			return nil, fmt.Errorf("--workload: %w", err)
		}
	}
	for _, f := range r.fields {
		name := f.Names()[0]
		if !c.IsSet(name) {
			continue
		}
		switch f := f.(type) {
		case *urfave.BoolFlag:
			q.Set = append(q.Set, workload.Setting{Name: name, Value: writeYesNo(c.Bool(name))})
		case *urfave.StringSliceFlag:
			for _, value := range c.StringSlice(name) {
				q.Set = append(q.Set, workload.Setting{Name: name, Value: value})
			}
		default:
			q.Set = append(q.Set, workload.Setting{Name: name, Value: c.String(f.Names()[0])})
		}
	}
	return workload.Read(q)
}

// options are what the driver needs, and the tracker that it asks.
func (r *runner) options(c *urfave.Context, before flagSet, w *workload.Workload) (o driver.Options, t *idsTracker, err error) {
	o = driver.Options{Barrier: c.Int("barrier"), Run: c.String("group")}
	switch {
	case c.IsSet("barrier") && o.Barrier < 1:
		return o, nil, fmt.Errorf("invalid value %q for --barrier: must be a number of drivers, 1 or more", c.String("barrier"))
	case c.IsSet("group") && o.Run == "":
		return o, nil, errors.New("invalid value \"\" for --group: must be a name")
	case o.Run != "" && o.Barrier == 0:
		return o, nil, errors.New("--group is for drivers that wait for each other: it needs --barrier")
	case o.Run == "" && o.Barrier > 0:
		o.Run = w.Prefix
	}
	settings, password, err := r.read(before)
	if err != nil {
		return o, nil, err
	}
	if settings.sync.store == "" {
		return o, nil, errNoRunStore
	}
	if t, err = r.tracker(c, before, settings, password); err != nil {
		return o, nil, err
	}
	if t.embedded && o.Barrier > 1 {
		return o, nil, errors.New("--barrier needs --ids: a tracker in this program has no other drivers")
	}
	if o.Store, err = store.Open(settings.sync.store); err != nil {
		return o, nil, fmt.Errorf("--store: %w", err)
	}
	t.store = settings.sync.store
	return o, t, nil
}

// run runs the workload, and shows how that goes.
func (r *runner) run(ctx context.Context, w *workload.Workload, o driver.Options, t *idsTracker) ([]driver.Result, error) {
	limitProcessors()
	if err := t.begin(ctx, r.settings, w); err != nil {
		return nil, err
	}
	o.IDs, o.SyncFrom = t.dial, t.from
	view := startRunView()
	defer view.end()
	o.Tell = view.tell
	return driver.Run(ctx, w, o)
}

// onlyOne wants one of some flags at most.
func onlyOne(c *urfave.Context, names ...string) error {
	set := slices.DeleteFunc(names, func(name string) bool { return !c.IsSet(name) })
	if len(set) > 1 {
		return fmt.Errorf("--%s and --%s exclude each other", set[0], set[1])
	}
	return nil
}

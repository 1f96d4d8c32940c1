package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/prefixtracker/prefixtracker/journal"
	urfave "github.com/urfave/cli/v2"
)

// checkCommand looks whether data that a server has kept are whole, without one.
func checkCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "check",
		Usage:     "tell whether the data in a directory, or one file of them, are whole",
		ArgsUsage: "DIR|FILE",
		Description: "Prints a line for each file, and a verdict. The exit code is 0 if all is whole, and 1 if not.\n" +
			"A directory must not be in use.",
		Flags: []urfave.Flag{
			&urfave.BoolFlag{Name: "fix", Usage: "cut a damaged log off where the damage begins, and say what is lost by that; for a DIR"},
		},
		Action: check,
	}
}

var errCheckArguments = errors.New("check needs one DIR or FILE: see prefixtracker check --help")

func check(c *urfave.Context) error {
	if c.Args().Len() != 1 || c.Args().First() == "" {
		return errCheckArguments
	}
	path, fix := filepath.Clean(c.Args().First()), c.Bool("fix")
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return checkDirectory(c.App.Writer, path, fix)
	case fix:
		return errors.New("--fix is for a directory: what a file may lose depends on the others")
	}
	return checkFile(c.App.Writer, path)
}

func checkFile(out io.Writer, path string) error {
	directory, err := journal.View(filepath.Dir(path))
	if err == nil {
		err = journal.CheckFile(directory, filepath.Base(path), tellFile(out))
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "whole")
	return nil
}

func checkDirectory(out io.Writer, path string, fix bool) error {
	directory, err := journal.View(path)
	if err != nil {
		return err
	}
	report, err := journal.Check(directory, journal.BootID(), tellFile(out))
	switch {
	case err == nil && report.BaseName == "" && report.LogFiles == 0:
		return fmt.Errorf("%s: there is no base and no log here", path)
	case err == nil:
		tellWhole(out, report)
		return nil
	case errors.Is(err, journal.ErrInUse):
		return keepError(persistence{dir: path}, err)
	case !fix || !errors.Is(err, journal.ErrDamaged):
		return fmt.Errorf("%s: %w", path, err)
	}
	fmt.Fprintln(out, err)
	changeable, err := journal.Directory(path)
	if err != nil {
		return err
	}
	cut, err := journal.Repair(changeable, journal.BootID())
	if cut != nil {
		tellCut(out, cut)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be repaired: %w", path, err)
	}
	if report, err = journal.Check(directory, journal.BootID(), tellFile(out)); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	tellWhole(out, report)
	return nil
}

func tellFile(out io.Writer) func(journal.FileReport) {
	return func(f journal.FileReport) {
		fmt.Fprintf(out, "%s: %s, %d bytes, %d of them used, positions %d to %d\n", f.Name, f.Kind, f.Bytes, f.Used, f.From, f.To)
	}
}

func tellWhole(out io.Writer, r *journal.Report) {
	if r.Torn != nil {
		fmt.Fprintln(out, r.Torn)
	}
	fmt.Fprintf(out, "whole: %d prefixes\n", r.Trackers)
}

// tellCut says what a repair has taken away.
func tellCut(out io.Writer, cut *journal.Cut) {
	fmt.Fprintf(out, "%s: the log ends at byte %d now, its position %d: all that was changed after that is lost\n", cut.File, cut.Byte, cut.Position)
	for _, name := range cut.Files {
		fmt.Fprintf(out, "%s: not part of the log any more\n", name)
	}
}

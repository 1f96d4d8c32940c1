package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/report"
	"github.com/prefixtracker/prefixtracker/workload"
	urfave "github.com/urfave/cli/v2"
)

// mergeRuns puts the figures of several drivers together.
func mergeRuns(c *urfave.Context, out *runOut) (differs bool, err error) {
	var all [][]driver.Result
	for _, name := range c.Args().Slice() {
		results, err := readResults(name)
		if err != nil {
			return false, fmt.Errorf("%s: %w", visible(name), err)
		}
		all = append(all, results)
	}
	if len(all) == 0 {
		return false, errors.New("--merge needs FILEs, of --out json=FILE")
	}
	merged, err := report.Merge(all...)
	if err != nil {
		return false, err
	}
	if err := out.open(); err != nil {
		return false, err
	}
	defer out.drop()
	return slices.ContainsFunc(merged, func(r driver.Result) bool { return r.Failed() }), out.tell(c.App.Writer, merged)
}

// listWorkloads lists what comes with the program.
func listWorkloads(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, e := range workload.Shipped() {
		fmt.Fprintf(table, "%s\t%s\n", e.Name, e.About)
	}
	return table.Flush()
}

func printWorkload(out io.Writer, name string) error {
	var names []string
	for _, e := range workload.Shipped() {
		if e.Name == name {
			_, err := out.Write(e.Text)
			return err
		}
		names = append(names, e.Name)
	}
	return fmt.Errorf("there is no workload %q: there are %s", name, strings.Join(names, ", "))
}

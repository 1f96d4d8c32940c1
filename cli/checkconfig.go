package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/prefixtracker/prefixtracker/observe"
	urfave "github.com/urfave/cli/v2"
)

const checkConfigName = "check-config"

// checkConfigFlag asks to check the settings in place of serving with them. It is
// no setting.
func checkConfigFlag() urfave.Flag {
	return &urfave.BoolFlag{
		Name:  checkConfigName,
		Usage: "say what the settings are and who has said them, or what is wrong with them, and end",
	}
}

// checkConfig reads all that a start with these settings would read before it
// opens anything, and tells what each is.
func checkConfig(out io.Writer, settings []row, c *config) error {
	log, queue := newLogger(os.Stderr, c.logLevel, c.logFormat, new(observe.LogCounters))
	warnOfVariables(settings, os.Environ(), log)
	c.file.warn(settings, log)
	queue.close(lastLines) // not into the middle of what follows
	c.fitMachine(availableMemory())
	if _, err := c.readPassword(); err != nil {
		return err
	}
	if _, err := c.tls.load(); err != nil {
		return err
	}
	const between = 2 // blanks, as a value may have one
	columns := tabwriter.NewWriter(out, 0, 0, between, ' ', 0)
	for i := range settings {
		if r := &settings[i]; r.flag != "" {
			fmt.Fprintf(columns, "%s\t%s\t%s\n", r.flag, r.shown(c), cmp.Or(c.by[r.flag], byDefault))
		}
	}
	fmt.Fprintln(columns, "ok")
	return columns.Flush()
}

// shown is its value before people, on one line.
func (r *row) shown(c *config) string {
	value := r.value.write(c)
	switch {
	case value == "":
		return cmp.Or(r.byDefaultText, "-")
	case r.value.secret:
		return "(not shown)"
	}
	return visible(value)
}

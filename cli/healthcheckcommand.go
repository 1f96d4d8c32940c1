package cli

import (
	"github.com/prefixtracker/prefixtracker/probe"
	urfave "github.com/urfave/cli/v2"
)

// healthcheckCommand tells whether a server does all that it is for.
func healthcheckCommand(settings []row, before flagSet) *urfave.Command {
	return probeCommand(settings, before, &urfave.Command{
		Name:  "healthcheck",
		Usage: "tell whether a server is ready",
		Description: "Prints ready. A server that still reads its data, or from its store (--sync-on-start), or refuses\n" +
			"changes, is not: then the exit code is 1, and one line on standard error says why.",
	}, "ready", probe.Server.Ready)
}

package cli

import (
	"github.com/prefixtracker/prefixtracker/probe"
	urfave "github.com/urfave/cli/v2"
)

// pingCommand tells whether a server answers.
func pingCommand(settings []row, before flagSet) *urfave.Command {
	return probeCommand(settings, before, &urfave.Command{
		Name:  "ping",
		Usage: "tell whether a server answers",
		Description: "Prints PONG, also while the server reads its data. Else the exit code is 1, and one line on\n" +
			"standard error says why.",
	}, "PONG", probe.Server.Ping)
}

package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/prefixtracker/prefixtracker/probe"
	urfave "github.com/urfave/cli/v2"
)

// probeCommand completes a subcommand that asks a server, for health checks, with the
// server's own settings: in a container the environment has them.
func probeCommand(settings []row, before flagSet, command *urfave.Command, good string, ask func(probe.Server, context.Context) error) *urfave.Command {
	r := newAsking(settings)
	command.Flags = append(r.askingFlags(),
		&urfave.DurationFlag{Name: "timeout", Usage: "`TIME` that the answer may take", Value: 3 * time.Second})
	command.Action = func(c *urfave.Context) error {
		if err := noArguments(c); err != nil {
			return err
		}
		server, err := r.server(before, c.Bool(insecureName))
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(c.Context, c.Duration("timeout"))
		defer cancel()
		if err := ask(server, ctx); err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.App.Writer, good)
		return err
	}
	return command
}

// server is the one to ask. A server always has its plain address, so that one is asked
// unless the command line says otherwise: what its variables say of TLS is its own matter.
func (r *reach) server(before flagSet, insecure bool) (probe.Server, error) {
	c, password, err := r.read(before)
	if err != nil {
		return probe.Server{}, err
	}
	s := probe.Server{Network: "tcp", Address: c.addr, Password: password}
	switch {
	case r.isGiven("unix-socket", before):
		s.Network, s.Address = "unix", c.unixSocket
	case r.isGiven("tls-addr", before):
		s.Address = c.tls.addr
		s.TLS, err = c.tls.clientTLS(s.Address, insecure)
	}
	return s, err
}

package cli

import (
	"github.com/prefixtracker/prefixtracker/remote"
	urfave "github.com/urfave/cli/v2"
)

// newAsking is how a subcommand asks a server over the Redis protocol, and what it needs to
// know of it: with the server's own settings, as in a container the environment has them.
func newAsking(settings []row, also ...string) *reach {
	return newReach(settings, append(also, "addr", "requirepass", "requirepass-file", "tls-addr", "tls-cert", "tls-key", "tls-ca", "unix-socket")...)
}

// askingFlags are those of a subcommand that asks.
func (r *reach) askingFlags() []urfave.Flag { return append(r.given.flags(), insecureFlag()) }

// dial connects a subcommand with its server.
func (r *reach) dial(c *urfave.Context, before flagSet) (*remote.Client, error) {
	server, err := r.server(before, c.Bool(insecureName))
	if err != nil {
		return nil, err
	}
	return remote.Dial(c.Context, remote.Options(server))
}

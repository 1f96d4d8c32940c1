package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// reloadOnHangup reads the files of passwords and certificates again whenever
// SIGHUP comes, until ctx ends. What cannot be read stays as it was.
func reloadOnHangup(ctx context.Context, c *config, server *resp.Server, certificates *resp.Certificates, log zerolog.Logger) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		}
		password, err := c.readPassword()
		if err == nil {
			server.SetPassword(password)
		}
		if certificates != nil {
			err = errors.Join(err, certificates.Load())
		}
		if err != nil {
			log.Error().Err(err).Msg("reload failed: what could not be read stays as it was")
			continue
		}
		log.Info().Msg("reloaded password and certificates")
	}
}

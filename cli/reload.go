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

// catchHangups makes SIGHUP ask for a reload and do nothing else, for as long as
// the process lives: one that comes while the server starts or ends must not end
// it.
func catchHangups() <-chan os.Signal {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	return hangups
}

// reloadOnHangup reads the files of passwords and certificates again whenever
// SIGHUP comes, until ctx ends. What cannot be read stays as it was.
func reloadOnHangup(ctx context.Context, hangups <-chan os.Signal, c *config, server *resp.Server, certificates *resp.Certificates, super *supervisor, log zerolog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
		}
		super.reloading()
		password, err := c.readPassword()
		if err == nil {
			server.SetPassword(password)
		}
		if certificates != nil {
			err = errors.Join(err, certificates.Load())
		}
		super.reloaded()
		if err != nil {
			log.Error().Err(err).Msg("reload failed: what could not be read stays as it was")
			continue
		}
		log.Info().Msg("reloaded password and certificates")
	}
}

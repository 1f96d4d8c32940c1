package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// keep reads what was kept into the registry, which nobody uses yet, and has the
// server keep what is changed from then on. A server that keeps nothing has
// nothing to wait for. The clients' commands are let in last.
func (k *keeper) keep(ctx context.Context, registry *tracker.Registry, server *resp.Server, commands *engine.Engine, log zerolog.Logger) error {
	wanted := k.settings()
	if !wanted.appendOnly {
		return nil
	}
	directory, err := journal.Directory(wanted.dir)
	if err != nil {
		return keepError(wanted.dir, err)
	}
	restored := registry.Restore()
	kept, found, err := journal.Open(journal.Options{
		FS:         stoppable{directory, ctx},
		Target:     restored,
		Objects:    registry.Entries(),
		BootID:     journal.BootID(),
		Policy:     wanted.policy,
		Growth:     wanted.growth,
		Backup:     wanted.backup,
		RefuseTorn: !wanted.takeTorn,
		Progress:   progress(commands, log),
		Changes:    commands.Changes,
	})
	if err != nil {
		return keepError(wanted.dir, err)
	}
	// The rest of what may be wrong with a log passes, and clients can read meanwhile.
	if err = kept.Refusing(); errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		giveUp(kept)
		return keepError(wanted.dir, err)
	}
	if err = restored.Keep(kept); err != nil {
		giveUp(kept)
		return keepError(wanted.dir, err)
	}
	skipped := uint64(0)
	if found.Restored {
		changes := kept.NewBatch()
		if skipped, err = registry.Skip(wanted.restoreSkip, changes); err != nil {
			giveUp(kept)
			return fmt.Errorf("--restore-skip %d: %w", wanted.restoreSkip, err)
		}
		kept.Commit(changes) // Start says behind it that this has been done
	}
	k.take(kept)
	tellFound(log, wanted, found, skipped)
	k.tellRefusals(kept, log)
	k.saveNowAndThen(kept, log)
	kept.Start()
	server.Keep(kept)
	commands.Loaded()
	return nil
}

// giveUp closes a log that nobody has changed anything in. Why says more than
// what is wrong with its end.
func giveUp(kept *journal.Log) {
	ended, end := context.WithCancel(context.Background())
	end() // it is not tried again
	_ = kept.Close(ended)
}

// keepError says in one line why data cannot be kept in a directory, and what may
// help.
func keepError(dir string, err error) error {
	switch {
	case errors.Is(err, journal.ErrInUse):
		return fmt.Errorf("%s is in use by another process", dir)
	case errors.Is(err, journal.ErrDamaged), errors.Is(err, journal.ErrTorn):
		return fmt.Errorf("%s: %w (see: prefixtracker check %s)", dir, err, dir)
	case errors.Is(err, journal.ErrForeign), errors.Is(err, journal.ErrVersion):
		return fmt.Errorf("%s: %w", dir, err)
	}
	return fmt.Errorf("cannot keep data in %s: %w (--dir says where, and with --appendonly no nothing is kept)", dir, err)
}

// progress tells the clients how far the reading is, and now and then the log.
func progress(commands *engine.Engine, log zerolog.Logger) func(read, total int64) {
	const often = 2 * time.Second
	said := time.Now()
	return func(read, total int64) {
		commands.Loading(read, total)
		if time.Since(said) >= often {
			said = time.Now()
			log.Info().Int64("read", read).Int64("of", total).Msg("loading")
		}
	}
}

// tellFound tells the log what was found.
func tellFound(log zerolog.Logger, wanted persistence, found *journal.Report, skipped uint64) {
	if found.BaseName != "" || found.LogFiles > 0 {
		log.Info().Str("dir", wanted.dir).Int("prefixes", found.Trackers).Int64("bytes", found.BaseBytes+found.LogBytes).
			Dur("took", found.Took).Msg("loaded")
	}
	if found.Torn != nil {
		log.Warn().Str("where", found.Torn.String()).Msg("the end of the log has not reached the disk")
	}
	if found.PowerLoss {
		log.Warn().Uint64("skipped_ids", found.Quarantined).
			Msg("the machine has stopped since: free IDs that may have been handed out are skipped")
	}
	if found.Restored {
		log.Warn().Str("backup", wanted.backup).Uint64("skipped_ids", skipped).
			Msg("restored from a backup: IDs that were handed out after it are free again, but for those that --restore-skip skips")
	}
}

package cli

import (
	"context"
	"errors"
	"io/fs"
	"syscall"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// changer is who changes what is kept: it notes that in a log.
type changer interface{ Keep(*journal.Log) }

// keep reads what was kept into the registry, which nobody uses yet, and has all who
// change it keep that from then on. A server that keeps nothing has nothing to wait
// for. The clients' commands are let in last.
func (k *keeper) keep(ctx context.Context, registry *tracker.Registry, commands *engine.Engine, log zerolog.Logger, changers ...changer) error {
	wanted := k.settings()
	if !wanted.appendOnly {
		return nil
	}
	directory, err := journal.Directory(wanted.dir)
	if err != nil {
		return keepError(wanted, err)
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
		Progress:   progress(commands, k.super, log),
		Changes:    commands.Changes,
	})
	if err != nil {
		return keepError(wanted, err)
	}
	// The rest of what may be wrong with a log passes, and clients can read meanwhile.
	if err = kept.Refusing(); errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		giveUp(kept)
		return keepError(wanted, err)
	}
	skipped := uint64(0)
	if found.Restored && wanted.restoreSkip > 0 {
		skipped = restored.Past()
	}
	if err = restored.Keep(kept); err != nil {
		giveUp(kept)
		return keepError(wanted, err)
	}
	if found.Restored {
		changes := kept.NewBatch()
		free, err := registry.Skip(ctx, wanted.restoreSkip, changes)
		if err != nil {
			giveUp(kept)
			return skipError(wanted, err)
		}
		skipped += free
		kept.Commit(changes) // Start says behind it that this has been done
	}
	k.take(kept)
	tellFound(log, wanted, found, skipped)
	k.tellRefusals(kept, log)
	k.saveNowAndThen(kept, log)
	kept.Start()
	for _, c := range changers {
		c.Keep(kept)
	}
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

// progress tells the clients how far the reading is, and now and then the supervisor
// and, if it takes long, the log.
func progress(commands *engine.Engine, super *supervisor, log zerolog.Logger) func(read, total int64) {
	const often = 2 * time.Second
	began := time.Now()
	said := began.Add(-often)
	return func(read, total int64) {
		commands.Loading(read, total)
		now := time.Now()
		if now.Sub(said) < often {
			return
		}
		said = now
		super.loading(read, total)
		if now.Sub(began) >= often {
			log.Info().Int64("read", read).Int64("of", total).Msg("loading")
		}
	}
}

package cli

import (
	"errors"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
)

// saveAgain is when a backup that has failed is tried again, as in Redis.
const saveAgain = 5 * time.Second

// saveNowAndThen begins backups as --save says, each second if need be, and tells
// the program's log how these, and those that others have begun, went.
func (k *keeper) saveNowAndThen(kept *journal.Log, log zerolog.Logger) {
	started := time.Now()
	k.helpers.Go(func() {
		look := time.NewTicker(time.Second)
		defer look.Stop()
		var backups, rewrites toldRuns
		for {
			select {
			case <-k.ending.Done():
				return
			case <-look.C:
			}
			status, wanted := kept.Status(), k.settings()
			backups.tell(log, "backup", status.Backup)
			rewrites.tell(log, "rewrite", status.Rewrite)
			if !wanted.saves.due(status, started, time.Now()) {
				continue
			}
			if err := kept.BeginBackup(wanted.backup); err != nil && !errors.Is(err, journal.ErrRewriting) {
				log.Warn().Err(err).Msg("a backup could not be begun")
			}
		}
	})
}

// due tells whether a backup is wanted now by one of the points. The time counts
// from the last good one, or from the start.
func (points savePoints) due(s journal.Status, started, now time.Time) bool {
	if s.Backup.Failed > 0 && now.Sub(s.Backup.Began) < saveAgain {
		return false
	}
	since := now.Sub(started)
	if s.Backup.Count > 0 {
		since = now.Sub(s.Backup.Good)
	}
	for _, p := range points {
		if s.Unsaved >= p.changes && since > p.after {
			return true
		}
	}
	return false
}

// toldRuns is what the log has been told about backups, or rewrites.
type toldRuns struct{ good, failed uint64 }

// tell tells it how the last one went, unless it has.
func (t *toldRuns) tell(log zerolog.Logger, what string, r journal.Run) {
	if r.Count != t.good {
		log.Info().Int64("bytes", r.Bytes).Dur("took", r.Took).Msg(what + " written")
	}
	if r.Failed > 0 && r.Failed != t.failed {
		log.Warn().Err(r.Err).Uint64("times", r.Failed).Msg(what + " failed")
	}
	t.good, t.failed = r.Count, r.Failed
}

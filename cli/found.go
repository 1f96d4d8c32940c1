package cli

import (
	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
)

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
	if found.OtherBackup {
		log.Warn().Str("backup", wanted.backupPath()).
			Msg("the backup is that of another directory and was not restored: to restore it, put it into an empty directory")
	}
	if wanted.restoreSkip > 0 && !found.Restored {
		log.Warn().Uint64("restore_skip", wanted.restoreSkip).Msg("--restore-skip has done nothing: no backup was restored")
	}
	if found.Restored {
		log.Warn().Str("backup", wanted.backup).Uint64("skipped_ids", skipped).
			Msg("restored from a backup: IDs that were handed out after it are free again, but for those that --restore-skip skips")
	}
}

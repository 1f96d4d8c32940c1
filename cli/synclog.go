package cli

import (
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/rs/zerolog"
)

// tellBegun tells the log of a job.
func (s *syncing) tellBegun(j observe.SyncJob) {
	s.line(s.log.Info(), &j).Msg("a sync begins")
}

// tellEnded tells the log what has come of it.
func (s *syncing) tellEnded(j observe.SyncJob) {
	line := s.log.Info()
	if j.State == "failed" || j.Unknown != "" {
		line = s.log.Warn()
	}
	line = s.line(line, &j).Str("state", j.State).Dur("took", j.Ended.Sub(j.Began)).
		Uint64("scanned", j.Scanned).Uint64("found", j.Found).Uint64("added", j.Added).
		Uint64("stale", j.Stale).Uint64("missing", j.Missing).Uint64("repaired", j.Repaired).Uint64("left", j.Left)
	for _, more := range []struct {
		name string
		n    uint64
	}{{"unparsable", j.Unparsable}, {"out_of_range", j.OutOfRange}, {"changing", j.Changing}} {
		if more.n > 0 {
			line = line.Uint64(more.name, more.n)
		}
	}
	if j.Unknown != "" {
		line = line.Str("unknown", j.Unknown)
	}
	if j.Error != "" {
		line = line.Str("error", j.Error)
	}
	line.Msg("a sync has ended")
}

// tellGap tells the log that events of the store may have been missed.
func (s *syncing) tellGap(why string) {
	s.log.Warn().Str("why", why).Msg("what happened in the store may have been missed: a repair follows when it is heard")
}

func (s *syncing) line(e *zerolog.Event, j *observe.SyncJob) *zerolog.Event {
	e = e.Uint64("job", j.ID).Str("prefix", j.Prefix).Str("mode", j.Mode).Str("store", j.Store)
	if j.DryRun {
		e = e.Bool("dry_run", true)
	}
	return e
}

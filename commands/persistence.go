package commands

import (
	"cmp"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/observe"
)

// lastSave is when the last backup was made that is whole, since the start; else
// that.
func lastSave(s *journal.Status, start time.Time) time.Time {
	if s.Backup.Good.IsZero() {
		return start
	}
	return s.Backup.Good
}

// persistence fills in what is kept in log, nil for nothing.
func persistence(log *journal.Log, start time.Time, f *observe.Figures) {
	s, p := log.Status(), &f.Persistence
	p.LastSave, p.Unsaved = lastSave(&s, start), f.Keyspace.Changes
	p.Enabled = log != nil || f.Loading.GoesOn
	if log == nil {
		return
	}
	p.Unsaved = s.Unsaved
	p.Backup, p.Rewrite = job(&s.Backup), job(&s.Rewrite)
	p.Position, p.Written, p.Synced = s.Position, s.Written, s.Synced
	p.BaseBytes, p.Bytes = s.Base, s.Base+s.LogBytes
	p.Syncing, p.Delayed, p.Windows = s.Syncing, s.Slow, s.Windows
	p.Refusing = s.Refusing != nil
	if err := cmp.Or(s.Refusing, s.Rewrite.Err, s.Backup.Err); err != nil {
		p.Failure = err.Error()
	}
	r := log.Report()
	p.PowerLoss, p.Quarantined = r.PowerLoss, r.Quarantined
	if r.Torn != nil {
		p.Truncated = r.Torn.Bytes
	}
}

func job(r *journal.Run) observe.Job {
	return observe.Job{
		Active: r.Active, Scheduled: r.Scheduled, Began: r.Began, Ran: r.Failed > 0 || !r.Good.IsZero(), Took: r.Took,
		Failed: r.Failed, Failures: r.Failures, Succeeded: r.Count,
	}
}

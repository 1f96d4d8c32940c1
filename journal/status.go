package journal

import "sync/atomic"

// counts are figures of the log since it was opened.
type counts struct {
	blocks   atomic.Uint64
	writes   atomic.Uint64
	reserved atomic.Uint64
	slow     atomic.Uint64 // syncs that took a second or more
}

// Status is what the log is at, and what it has done since it was opened.
type Status struct {
	Policy   Policy
	Position uint64 // behind all that was appended
	Written  uint64 // up to here the system has it
	Synced   uint64 // and the disk
	Blocks   uint64
	Writes   uint64
	Syncs    uint64
	Slow     uint64 // syncs that took a second or more
	Syncing  bool   // one is under way
	Waited   uint64 // commits that waited for the disk
	Windows  uint64 // reservations
	LogBytes int64  // beside the base
	Base     int64  // bytes of the base
	Files    int64
	Refusing error
	Rewrite  Run
	Backup   Run
	Unsaved  uint64 // changes since the last good backup began, or the start; see [Options.Changes]
}

// Status returns all figures.
func (l *Log) Status() (s Status) {
	if l == nil {
		return s
	}
	s = Status{
		Policy: l.Policy(), Synced: l.synced.Load(), Written: l.written.Load(), Position: l.appended.Load(),
		Blocks: l.blocks.Load(), Writes: l.writes.Load(), Syncs: l.syncs.Load(), Slow: l.slow.Load(), Syncing: l.forcing.Load(),
		Waited: l.waited.Load(), Windows: l.reserved.Load(),
		LogBytes: l.grown(), Base: l.size.Load(), Files: l.kept.Load(), Refusing: l.Refusing(),
	}
	if l.changes != nil {
		s.Unsaved = l.changes()
	}
	l.ran.Lock()
	defer l.ran.Unlock()
	s.Rewrite, s.Backup = l.rewrite, l.backup
	s.Unsaved -= min(s.Unsaved, s.Backup.Changes) // one may have begun meanwhile
	return s
}

// Report is what Open has found; nil of a nil Log.
func (l *Log) Report() *Report {
	if l == nil {
		return nil
	}
	return l.report
}

// ResetCounts has the bases, the backups and the slow syncs so far not be counted
// any more.
func (l *Log) ResetCounts() {
	if l == nil {
		return
	}
	l.slow.Store(0)
	l.ran.Lock()
	defer l.ran.Unlock()
	l.rewrite.Count, l.backup.Count = 0, 0
}

package observe

import "time"

// Persistence is what is kept on the disk, and how that goes.
type Persistence struct {
	Enabled  bool      // changes are logged; else all that follows is zero, but for LastSave and Unsaved
	LastSave time.Time // when the last backup was made, or the server started
	Unsaved  uint64    // changes since
	Backup   Job
	Rewrite  Job

	// Positions in the log: behind all that was appended, that the system has, and that
	// is on the disk.
	Position, Written, Synced uint64

	Bytes     int64 // of the log and its base
	BaseBytes int64
	Syncing   bool   // the log is being forced to the disk
	Delayed   uint64 // times that this took a second or more
	Windows   uint64 // times that IDs were reserved ahead of claims
	Refusing  bool   // changes are refused
	Failure   string // why, or why a file was not written; "" for neither

	// The last start.
	Truncated   int64  // bytes that did not reach the disk before it, and were cut
	PowerLoss   bool   // the machine had stopped before it, or that could not be ruled out
	Quarantined uint64 // free IDs that are skipped since they may have been claimed
}

// Job is the writing of a file with all that there is.
type Job struct {
	Active    bool
	Scheduled bool
	Began     time.Time // of the one that is active
	Ran       bool      // one has ended; else the last one is not known
	Took      time.Duration
	Failed    uint64 // times since one succeeded
	Failures  uint64 // altogether
	Succeeded uint64
}

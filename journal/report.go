package journal

import (
	"fmt"
	"time"
)

// Report is what recovery has found.
type Report struct {
	BaseName  string // empty if there is none
	BaseBytes int64
	LogFiles  int
	LogBytes  int64
	Records   uint64
	Trackers  int
	// PowerLoss: the machine has stopped since, or that cannot be ruled out.
	PowerLoss bool
	// Quarantined is how many free IDs are skipped since they may have been claimed.
	Quarantined uint64
	// Torn is where the log ends in what did not reach the disk, and was cut.
	Torn *Torn
	// Restored: the state is that of a backup, and what is to be done about it, for
	// example skipping IDs that were claimed since, has not been done.
	Restored bool
	// FromBackup: the base is a backup.
	FromBackup bool
	// OtherBackup: a file of the backup's name lies in a directory that has a log of its
	// own, and is a backup of another directory, so it was not restored.
	OtherBackup bool
	Took        time.Duration

	total, read int64
	told        func(read, total int64)
}

// Torn is an end of the log that did not reach the disk.
type Torn struct {
	File  string
	Byte  int64 // where the log ends
	Bytes int64 // what lies behind in the file, room that was never used included
	Files int   // and how many files
	Short bool  // somebody has made the file shorter, at the end of a block
}

// String says it in a line.
func (t *Torn) String() string {
	if t.Short {
		return fmt.Sprintf("%s: it ends at byte %d, where no system has left it: something may be missing", t.File, t.Byte)
	}
	return fmt.Sprintf("%s: cut at byte %d: %d bytes and %d files behind did not reach the disk", t.File, t.Byte, t.Bytes, t.Files)
}

// progress counts what has been read.
func (r *Report) progress(n int64) {
	const often = 1 << 20
	before := r.read
	r.read += n
	if r.told != nil && before/often != r.read/often {
		r.told(r.read, r.total)
	}
}

package journal

import "errors"

// Options are what [Open] is told.
type Options struct {
	FS      FS      // the directory
	Target  Target  // takes what is read
	Objects Objects // what a base is made of, from Start on
	// BootID is what is the same until the machine starts again: mostly that of the
	// function of the name. Without one each end that is not a clean one counts as
	// the machine's.
	BootID [16]byte

	Policy Policy
	Growth Growth
	// Backup is the name of the file that is restored where there is nothing else;
	// empty for none.
	Backup string
	// RefuseTorn: a log that ends in what did not reach the disk is an error, not
	// something to report.
	RefuseTorn bool
	// Changes counts what has been changed since the start, so that [Log.Status] can say
	// how much of it no backup has; may be nil.
	Changes func() uint64
	// Progress is told now and then how many bytes have been read of how many; may be
	// nil.
	Progress func(read, total int64)

	// Small ones make tests short; 0 for what is usual.
	step int64 // what a file is given at a time, at least 16 bytes
	hold int   // words that are looked at in one hold of the mutex
}

// Growth is when bases are written, and how fast.
type Growth struct {
	Percent int64 // of the last base's size that the log may have; 0 for no limit
	Least   int64 // bytes of log that are left alone
	Rate    int64 // bytes per second of a base or a backup; 0 for no limit
}

// DefaultGrowth is that of Redis, and a rate at which others hardly notice.
var DefaultGrowth = Growth{Percent: 100, Least: 64 << 20, Rate: 32 << 20}

// usualStep: preallocated room makes syncs short, and a refusal early.
const usualStep = 16 << 20

var errOptions = errors.New("journal: FS, Target and Objects are needed")

// SetGrowth changes when bases are written, from the next one on.
func (l *Log) SetGrowth(g Growth) {
	if l == nil {
		return
	}
	l.percent.Store(g.Percent)
	l.least.Store(g.Least)
	l.rate.Store(g.Rate)
	l.wake()
}

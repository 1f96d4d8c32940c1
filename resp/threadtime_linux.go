package resp

import (
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// threadTime is the processor time that the calling thread has used.
func threadTime() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) // the clock is always there
	return time.Duration(t.Nano())
}

// threadTimes is what a thread has told of its processor time, in nanoseconds. It
// is safe for concurrent use.
type threadTimes struct{ system, user atomic.Int64 }

// note is called by the thread.
func (t *threadTimes) note() {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_THREAD, &u) == nil {
		t.system.Store(u.Stime.Nano())
		t.user.Store(u.Utime.Nano())
	}
}

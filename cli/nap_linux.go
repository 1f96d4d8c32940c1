package cli

import (
	"syscall"
	"time"
)

// nap waits for about d in this thread. A timer of the runtime would need file
// descriptors, of which there may be none left.
func nap(d time.Duration) {
	wait := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&wait, nil) // interrupted: it was shorter
}

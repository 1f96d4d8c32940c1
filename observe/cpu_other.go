//go:build !unix

package observe

import "time"

// cpuTime is what the process has used so far.
func cpuTime() (system, user time.Duration, ok bool) { return 0, 0, false }
